/// The first byte of a value (RESP specification, RESP2 and RESP3).
enum RESPType: UInt8 {
    case simple = 0x2B  // +
    case simpleError = 0x2D  // -
    case integer = 0x3A  // :
    case bulk = 0x24  // $
    case array = 0x2A  // *
    case null = 0x5F  // _
    case boolean = 0x23  // #
    case double = 0x2C  // ,
    case bigNumber = 0x28  // (
    case bulkError = 0x21  // !
    case verbatim = 0x3D  // =
    case map = 0x25  // %
    case set = 0x7E  // ~
    case push = 0x3E  // >
    case attribute = 0x7C  // |

    /// Whether the line holds a length and that many bytes follow.
    var isString: Bool {
        switch self {
        case .bulk, .bulkError, .verbatim: true
        default: false
        }
    }

    /// Values for each one that the line counts; nil for what is no container.
    var valuesPerElement: Int? {
        switch self {
        case .array, .set, .push: 1
        case .map, .attribute: 2
        default: nil
        }
    }

    /// Whether a count or length of -1 is RESP2's null.
    var mayBeNull: Bool {
        self == .bulk || self == .array
    }
}
