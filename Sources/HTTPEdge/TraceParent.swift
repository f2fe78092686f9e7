/// What a client says of the trace that its request belongs to: the header `traceparent` (W3C Trace Context, section 3.2). Only read and told
/// in the log; this server begins no spans.
package struct TraceParent: Sendable, Equatable {
    /// 32 hexadecimal digits.
    package let traceIdentifier: String
    /// 16 hexadecimal digits: the caller's span.
    package let spanIdentifier: String

    /// - Returns: nil for what section 3.2 calls invalid; a higher version may have more behind its first four fields.
    package init?(_ header: String) {
        let bytes = Array(header.utf8)
        guard bytes.count >= 55, bytes[2] == Self.dash, bytes[35] == Self.dash, bytes[52] == Self.dash else { return nil }
        let (version, trace, span, flags) = (bytes[..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55])
        guard [version, trace, span, flags].allSatisfy({ $0.allSatisfy(Self.isDigit) }), !version.elementsEqual("ff".utf8) else {
            return nil
        }
        guard bytes.count == 55 || (!version.elementsEqual("00".utf8) && bytes[55] == Self.dash) else { return nil }
        guard !trace.allSatisfy({ $0 == UInt8(ascii: "0") }), !span.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
        self.traceIdentifier = String(decoding: trace, as: UTF8.self)
        self.spanIdentifier = String(decoding: span, as: UTF8.self)
    }

    private static let dash = UInt8(ascii: "-")

    /// Lower case only.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
