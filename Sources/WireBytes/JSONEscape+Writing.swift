/// The other direction: what is written for a character that may not stand in a JSON string as it is.
extension JSONEscape {
    /// An escape as text: two characters where RFC 8259 section 7 has a short form, else `\u00XX`.
    struct Written {
        /// The first `count` bytes are the text.
        let bytes: InlineArray<6, UInt8>
        let count: Int

        /// The escape of a quote, a backslash or a control character.
        @inline(__always)
        init(_ byte: UInt8) {
            let backslash = UInt8(ascii: "\\")
            if let letter = Self.letter(of: byte) {
                bytes = [backslash, letter, 0, 0, 0, 0]
                count = 2
            } else {
                let zero = UInt8(ascii: "0")
                bytes = [backslash, UInt8(ascii: "u"), zero, zero, Self.digit(byte &>> 4), Self.digit(byte & 0x0F)]
                count = 6
            }
        }

        @inline(__always)
        private static func letter(of byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
            case 0x08: UInt8(ascii: "b")
            case 0x09: UInt8(ascii: "t")
            case 0x0A: UInt8(ascii: "n")
            case 0x0C: UInt8(ascii: "f")
            case 0x0D: UInt8(ascii: "r")
            default: nil
            }
        }

        @inline(__always)
        private static func digit(_ value: UInt8) -> UInt8 {
            value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10
        }
    }
}
