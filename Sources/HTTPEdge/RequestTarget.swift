package import NIOHTTP1
import WireBytes

/// The target of a request line, taken apart but not decoded (RFC 9112 section 3.2): split first, decode each piece once.
///
/// Ranges are UTF-8 offsets into `text`. Bytes that are no UTF-8 have become U+FFFD in it.
package struct RequestTarget: Sendable, Equatable {
    /// As it was sent.
    package let text: String
    /// With its leading slash; empty in absolute-form without a path and in asterisk-form.
    package let path: Range<Int>
    /// Behind the first `?`, without it; nil if there is none.
    package let query: Range<Int>?
    /// The host of absolute-form, which has to be that of `Host` (RFC 9112 section 3.2.2).
    let authority: Range<Int>?

    /// Nil for what is neither origin-form, nor `http` or `https` in absolute-form without user information, nor `*` of an OPTIONS; and for
    /// a fragment. Nil for every CONNECT: it has authority-form only, and the decoder takes nothing of its body.
    package init?(_ text: String, method: HTTPMethod) {
        guard method != .CONNECT else { return nil }
        let bytes = text.utf8.span
        var start = 0
        var authority: Range<Int>?
        if method == .OPTIONS, text == "*" {
            start = 1
        } else if bytes.isEmpty || bytes[0] != UInt8(ascii: "/") {
            guard let found = Self.authority(in: bytes) else { return nil }
            authority = found
            start = found.upperBound
        }
        var pathEnd: Int?
        for index in start..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "?") where pathEnd == nil: pathEnd = index
            case UInt8(ascii: "#"): return nil
            default: break
            }
        }
        self.text = text
        self.authority = authority
        self.path = start..<(pathEnd ?? bytes.count)
        self.query = pathEnd.map { ($0 + 1)..<bytes.count }
    }

    private static func authority(in bytes: Span<UInt8>) -> Range<Int>? {
        let start: Int
        if bytes.count > 7, ASCII.equalsIgnoringCase(bytes.extracting(0..<7), "http://") {
            start = 7
        } else if bytes.count > 8, ASCII.equalsIgnoringCase(bytes.extracting(0..<8), "https://") {
            start = 8
        } else {
            return nil
        }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?"), bytes[end] != UInt8(ascii: "#") {
            if bytes[end] == UInt8(ascii: "@") { return nil }
            end += 1
        }
        return end > start ? start..<end : nil
    }

    /// The path as it was sent.
    var pathText: String {
        String(decoding: self.text.utf8.dropFirst(self.path.lowerBound).prefix(self.path.count), as: UTF8.self)
    }

    /// Whether the path is exactly `path`, byte by byte, undecoded.
    package func hasPath(_ path: StaticString) -> Bool {
        ASCII.equals(self.text.utf8.span.extracting(self.path), path)
    }

    /// The bytes of a range of this target, percent-decoded; nil for a bad escape, and for what is not UTF-8.
    package func decoded(_ range: Range<Int>) -> [UInt8]? {
        PercentDecoding.decode(range, of: self.text.utf8.span)
    }
}
