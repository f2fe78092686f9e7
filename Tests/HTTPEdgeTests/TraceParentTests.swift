import HTTPEdge
import Testing

@Suite("traceparent")
struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736", span = "00f067aa0ba902b7"

    @Test(
        "what W3C calls valid is taken apart",
        arguments: [
            "00-\(trace)-\(span)-01", "00-\(trace)-\(span)-00", "cc-\(trace)-\(span)-01", "01-\(trace)-\(span)-01-what-the-future-brings",
        ])
    func valid(header: String) throws {
        let parent = try #require(TraceParent(header))
        #expect(parent.traceIdentifier == Self.trace)
        #expect(parent.spanIdentifier == Self.span)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-1", "ff-\(trace)-\(span)-01", "00-\(trace)-\(span)-01-more",
            "00-\(trace)-\(span)-011", "01-\(trace)-\(span)-01x", "00-\(trace.uppercased())-\(span)-01",
            "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01", "00_\(trace)-\(span)-01",
            "00-\(trace.dropLast())-\(span)0-01", "00-\(trace)-\(span.dropLast())g-01", "00-\(trace)-\(span.dropLast(2))é-01",
        ])
    func invalid(header: String) {
        #expect(TraceParent(header) == nil)
    }
}
