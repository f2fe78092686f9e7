import Testing
import WireBytes

@Suite("Output")
struct OutputTests {
    @Test("copies fill exactly the space that was measured", arguments: [0, 1, 7, 8, 9, 1_000])
    func exact(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        #expect(Bytes.written(capacity: count) { Output.write(bytes.span, into: &$0) } == bytes)
        var output: [UInt8] = [1]
        Output.append(bytes.span, to: &output)
        #expect(output == [1] + bytes)
    }

    @Test("bytes, text and numbers follow one another")
    func order() {
        let bytes = Array("é".utf8)
        let written = Bytes.written(capacity: 100) { output in
            Output.write("42[", into: &output)
            Output.write(bytes.span, into: &output)
            Output.write("", into: &output)
            ASCII.writeDecimal(17, into: &output)
            Output.write("]", into: &output)
        }
        #expect(written == Array("42[é17]".utf8))
    }

    @Test("text is appended to an array")
    func staticText() {
        var output: [UInt8] = []
        Output.append("{\"é\":", to: &output)
        Output.append("", to: &output)
        #expect(output == Array("{\"é\":".utf8))
    }
}
