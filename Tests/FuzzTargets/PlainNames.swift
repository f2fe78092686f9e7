import WireBytes

/// The rules for names and percent-encoding by another method than the server's: over Unicode scalars.
enum PlainNames {
    /// The bytes of a percent-encoded text; nil if it has to be refused.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        var isFirst = true
        for part in text.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false) {
            defer { isFirst = false }
            guard !isFirst else {
                decoded += part
                continue
            }
            let digits = part.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }),
                let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            decoded.append(byte)
            decoded += part.dropFirst(2)
        }
        return String(validating: decoded, as: UTF8.self) == nil ? nil : decoded
    }

    /// Whether a channel may have this name.
    static func isChannel(_ name: [UInt8]) -> Bool {
        guard (1...200).contains(name.count), let text = String(validating: name, as: UTF8.self) else { return false }
        let scalars = text.unicodeScalars.map(\.value)
        let forbidden: [ClosedRange<UInt32>] = [
            0...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF...0xFEFF, 0xFFFD...0xFFFD,
        ]
        guard !scalars.contains(where: { scalar in forbidden.contains { $0.contains(scalar) } }) else { return false }
        guard scalars.first != 0x20, scalars.last != 0x20 else { return false }
        let bytes = text.utf8
        return !bytes.elementsEqual(".".utf8) && !bytes.elementsEqual("..".utf8) && !bytes.starts(with: "fanfare:".utf8)
    }

    /// Whether an event may have this name.
    static func isEvent(_ name: [UInt8]) -> Bool {
        let reserved = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]
        return self.isChannel(name) && !reserved.contains { name.elementsEqual($0.utf8) }
    }
}
