/// The target of a request as it was sent, and where its parts are. Nothing is decoded.
package struct RequestTarget: Equatable, Sendable {
    package let text: String
    /// The path, in UTF-8 offsets of `text`. Begins with a slash, except for `*`.
    package let path: Range<Int>
    /// What follows the question mark.
    package let query: Range<Int>?

    package init(_ text: String) {
        let bytes = text.utf8.span
        var start = 0
        // Absolute form, `http://host/path` (RFC 9112 section 3.2.2): the path begins at the third slash.
        if bytes.count > 0, bytes[0] != UInt8(ascii: "/"), let authority = Self.authorityStart(bytes) {
            start = authority
            while start < bytes.count, bytes[start] != UInt8(ascii: "/"), bytes[start] != UInt8(ascii: "?") { start += 1 }
        }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "?") { end += 1 }
        self.text = text
        self.path = start..<end
        self.query = end < bytes.count ? (end + 1)..<bytes.count : nil
    }

    private static func authorityStart(_ bytes: Span<UInt8>) -> Int? {
        var index = 0
        while index + 2 < bytes.count {
            if bytes[index] == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: "/"), bytes[index + 2] == UInt8(ascii: "/") {
                return index + 3
            }
            guard bytes[index] != UInt8(ascii: "/") else { return nil }
            index += 1
        }
        return nil
    }

    /// Whether the path is exactly this text.
    package func hasPath(_ expected: StaticString) -> Bool {
        guard self.path.count == expected.utf8CodeUnitCount else { return false }
        let bytes = self.text.utf8.span
        return expected.withUTF8Buffer { expected in
            for index in expected.indices where bytes[self.path.lowerBound + index] != expected[index] { return false }
            return true
        }
    }
}
