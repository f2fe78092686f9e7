import SocketIO
import Testing

@Suite struct EventFrameTests {
    /// Writes into exactly as many bytes as were announced.
    private static func frame(event: String, payload: [UInt8]) -> [UInt8] {
        let event = Array(event.utf8)
        let count = EventFrame.byteCount(event: event.span, payloadByteCount: payload.count)
        var frame = [UInt8](repeating: 0, count: count)
        frame.withUnsafeMutableBytes { buffer in
            var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
            EventFrame.write(event: event.span, payload: payload.span, into: &output)
            #expect(output.finalize(for: buffer) == count)
        }
        return frame
    }

    @Test(
        "an event's name is quoted and its payload copied",
        arguments: [
            ("news", #"{"a":1}"#, #"42["news",{"a":1}]"#),
            ("a", "null", #"42["a",null]"#),
            (#"q"b\s"#, "1e400", #"42["q\"b\\s",1e400]"#),
            ("é€😀", #""x""#, #"42["é€😀","x"]"#),
            ("tab\tnl\n", "0.10", #"42["tab\tnl\n",0.10]"#),
            ("a/b c", #"{ "z" : -0 ,"a":"\u00e9"}"#, #"42["a/b c",{ "z" : -0 ,"a":"\u00e9"}]"#),
        ])
    func frames(event: String, payload: String, expected: String) {
        #expect(String(decoding: Self.frame(event: event, payload: Array(payload.utf8)), as: UTF8.self) == expected)
    }

    @Test func `a large payload arrives byte for byte`() {
        let payload = [UInt8(ascii: "\"")] + [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000) + [UInt8(ascii: "\"")]
        let frame = Self.frame(event: "e", payload: payload)
        #expect(frame == Array(#"42["e","#.utf8) + payload + Array("]".utf8))
    }

    @Test func `a frame decodes to the event that was written`() throws {
        let frame = Self.frame(event: #"a"b"#, payload: Array("[1,2]".utf8))
        #expect(
            try DecodedPacket(decoding: Array(frame.dropFirst())) == DecodedPacket(.event, payload: #"["a\"b",[1,2]]"#))
    }
}
