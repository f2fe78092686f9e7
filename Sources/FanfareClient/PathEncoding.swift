import WireBytes

/// Percent-encoding of a name as one path segment (RFC 3986 section 2), byte by byte.
package enum PathEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// `/broadcast/{channel}/{event}`.
    package static func publishTarget(channel: Span<UInt8>, event: Span<UInt8>) -> String {
        var target = Array("/broadcast/".utf8)
        self.append(channel, to: &target)
        target.append(UInt8(ascii: "/"))
        self.append(event, to: &target)
        return String(decoding: target, as: UTF8.self)
    }

    /// Appends `segment` with everything but the unreserved characters escaped.
    package static func append(_ segment: Span<UInt8>, to target: inout [UInt8]) {
        for index in segment.indices {
            let byte = segment[index]
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                target.append(byte)
            default:
                target.append(UInt8(ascii: "%"))
                target.append(self.digits[Int(byte >> 4)])
                target.append(self.digits[Int(byte & 0xF)])
            }
        }
    }
}
