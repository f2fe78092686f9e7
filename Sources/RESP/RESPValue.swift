import WireBytes

/// A reply as a tree, for the answers to commands. What subscriptions bring is read in place by `RESPPubSubEvent` instead.
package enum RESPValue: Equatable, Sendable {
    /// A simple string: `OK`, `PONG`.
    case simple([UInt8])
    /// An error, simple or bulk: a code in capitals, a space, a text for people.
    case error([UInt8])
    case integer(Int64)
    case bulk([UInt8])
    /// RESP3's null, and RESP2's null string and null array.
    case null
    case array([RESPValue])
    case map([RESPEntry])
    case set([RESPValue])
    case push([RESPValue])
    case double(Double)
    case boolean(Bool)
    /// An optional sign and digits, as sent.
    case bigNumber([UInt8])
    /// Three letters for the format, a colon, and the text.
    case verbatim([UInt8])

    /// The bytes of a simple or bulk string, or a verbatim string's without its format; nil for anything else.
    package var text: [UInt8]? {
        switch self {
        case .simple(let bytes), .bulk(let bytes): bytes
        case .verbatim(let bytes): Array(bytes.dropFirst(4))
        default: nil
        }
    }

    /// The first word of an error, `NOAUTH` or `MISCONF`; nil for anything else.
    package var errorCode: [UInt8]? {
        guard case .error(let bytes) = self else { return nil }
        return Array(bytes.prefix { $0 != UInt8(ascii: " ") })
    }
}
