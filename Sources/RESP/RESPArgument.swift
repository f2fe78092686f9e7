import WireBytes

/// One argument of a command that is not on the path of messages. Arguments are bytes: no quoting, no escapes, nothing that could be
/// taken for another command.
package enum RESPArgument: Sendable {
    case bytes([UInt8])
    /// A word known when the program is written.
    case text(StaticString)
    /// In decimal.
    case integer(Int)

    /// Bytes of the argument itself.
    var byteCount: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .text(let text): text.utf8CodeUnitCount
        case .integer(let integer): ASCII.decimalDigits(integer)
        }
    }
}
