/// The checks of the opening handshake (RFC 6455 4.2) that need no SHA-1. Values are header values without the white space around them.
package enum UpgradeRules {
    /// What is appended to the key before hashing (RFC 6455 1.3).
    package static let keySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// Whether `Sec-WebSocket-Key` is the base64 form of 16 bytes: 22 characters of the alphabet and `==`. The unused bits of the last
    /// character are not looked at: the key is only ever hashed as text.
    package static func isValidKey(_ value: Span<UInt8>) -> Bool {
        guard value.count == 24, value[22] == UInt8(ascii: "="), value[23] == UInt8(ascii: "=") else { return false }
        for index in 0..<22 {
            switch value[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "+"), UInt8(ascii: "/"):
                continue
            default:
                return false
            }
        }
        return true
    }

    /// Whether `Sec-WebSocket-Version` is 13, or 8, which frames the same way (protocol.md 1.9).
    package static func isSupportedVersion(_ value: Span<UInt8>) -> Bool {
        switch value.count {
        case 1: value[0] == UInt8(ascii: "8")
        case 2: value[0] == UInt8(ascii: "1") && value[1] == UInt8(ascii: "3")
        default: false
        }
    }

    /// Where in `Sec-WebSocket-Protocol` the subprotocol stands that the answer must echo: the first one offered (protocol.md 1.9).
    /// Nil when nothing is offered or the first offer is not a token; then the answer names none.
    package static func firstSubprotocol(in value: Span<UInt8>) -> Range<Int>? {
        var start = 0
        // Empty list elements are skipped (RFC 9110 5.6.1).
        while start < value.count, isBlank(value[start]) || value[start] == UInt8(ascii: ",") {
            start += 1
        }
        var end = start
        while end < value.count, isTokenCharacter(value[end]) {
            end += 1
        }
        var next = end
        while next < value.count, isBlank(value[next]) {
            next += 1
        }
        guard end > start, next == value.count || value[next] == UInt8(ascii: ",") else { return nil }
        return start..<end
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// RFC 9110 5.6.2: visible ASCII without the delimiters.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
