import FanfareClient
import TestSupport
import Testing

@Suite("Event packets and their lines")
struct EventPacketTests {
    private static func parts(_ text: String) -> [String]? {
        let bytes = Array(text.utf8)
        guard let packet = EventPacket(bytes.span) else { return nil }
        return [bytes.span.string(packet.name), bytes.span.string(packet.data)]
    }

    private static func line(_ text: String, channel: String = "c") -> String? {
        let bytes = Array(text.utf8)
        guard let packet = EventPacket(bytes.span) else { return nil }
        var line: [UInt8] = []
        MessageLine.append(packet, of: bytes.span, channel: Array(channel.utf8).span, to: &line)
        return String(decoding: line, as: UTF8.self)
    }

    @Test(
        "name and data are found as they stand",
        arguments: [
            (#"42["e",1]"#, #""e""#, "1"),
            (#"42["a\"],b",{"c":["]"]}]"#, #""a\"],b""#, #"{"c":["]"]}"#),
            (#"4217["e",null]"#, #""e""#, "null"),
            ("42[ \"e\" ,\n 1e400 \r\n]", #""e""#, "1e400"),
            (#"42["e"]"#, #""e""#, ""),
            (#"42["",""]"#, #""""#, #""""#),
            (#"42["e",1,2]"#, #""e""#, "1,2"),
        ])
    func found(text: String, name: String, data: String) {
        #expect(Self.parts(text) == [name, data])
    }

    @Test(
        "other packets are none",
        arguments: [
            "", "4", "42", "42[", "42[]", "42[1,2]", "43[\"e\",1]", "2", "42{}", "42[\"e", "42[\"e\"", "42/a,[\"e\",1]", "42[\"e\"1]",
            "4299",
        ])
    func none(text: String) {
        #expect(Self.parts(text) == nil)
    }

    @Test(
        "the line holds the data byte for byte, line ends between tokens as spaces",
        arguments: [
            (#"42["e",12345678901234567890123456789]"#, #"{"channel":"c","event":"e","data":12345678901234567890123456789}"#),
            ("42[\"e\",{\r\n \"a\" :\t0.10\n}]", "{\"channel\":\"c\",\"event\":\"e\",\"data\":{   \"a\" :\t0.10 }}"),
            (#"42["e","\n\u00e9é"]"#, #"{"channel":"c","event":"e","data":"\n\u00e9é"}"#),
            (#"42["e"]"#, #"{"channel":"c","event":"e","data":null}"#),
        ])
    func line(text: String, line: String) {
        #expect(Self.line(text) == line + "\n")
    }

    @Test("a channel's name is quoted")
    func quoted() {
        #expect(Self.line(#"42["e",1]"#, channel: "a\"\\é/") == #"{"channel":"a\"\\é/","event":"e","data":1}"# + "\n")
    }

    @Test(
        "whether it is JSON",
        arguments: [
            (#"42["e",[1]]"#, true), (#"42["e"]"#, true), (#"42["e",1,2]"#, false), (#"42["e",]}]"#, false), (#"42["\x",1]"#, false),
        ])
    func isJSON(text: String, isJSON: Bool) {
        let bytes = Array(text.utf8)
        let packet = EventPacket(bytes.span)
        let found = packet.map { MessageLine.isJSON($0, of: bytes.span) }
        #expect(found == isJSON)
    }

    @Test("mutated packets are read within bounds", arguments: 0..<10 as Range<UInt64>)
    func mutated(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("42[]{}\",\\ \n1ae:".utf8)
        for _ in 0..<3_000 {
            var bytes = Array(#"42["e",{"a":["b\"",1]}]"#.utf8)
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                if Bool.random(using: &generator), bytes.count > 1 {
                    bytes.remove(at: index)
                } else {
                    bytes[index] = alphabet.randomElement(using: &generator) ?? 0
                }
            }
            guard let packet = EventPacket(bytes.span) else { continue }
            var line: [UInt8] = []
            MessageLine.append(packet, of: bytes.span, channel: [0x63].span, to: &line)
            if MessageLine.isJSON(packet, of: bytes.span) { #expect(line.count(where: { $0 == 0x0A }) == 1) }
        }
    }

    @Test(
        "what could steer a terminal is shown as an escape",
        arguments: [
            ("plain é 😀 👩‍🚀", "plain é 😀 👩‍🚀"), ("a\u{1B}[2Jb", #"a\u001b[2Jb"#), ("\u{9B}1m", #"\u009b1m"#), ("\u{202E}x", #"\u202ex"#),
            ("a\r\nb\tc", #"a\u000d\u000ab\u0009c"#), ("\u{7F}", #"\u007f"#), ("\u{E0001}", #"\ue0001"#),
        ])
    func printable(text: String, shown: String) {
        let escaped = PrintableText.escaped(Array(text.utf8).span)
        #expect(escaped == shown)
    }

    @Test(
        "a refusal in words",
        arguments: [
            (#"{"detail":"Not Found"}"#, "Not Found"),
            (#"{"detail":[{"type":"json_invalid","loc":["body",17],"msg":"Bad."}]}"#, "Bad. (byte 17 of the JSON)"),
            (#"{"detail":[{"type":"name_invalid","loc":["path","event"],"msg":"Bad."}]}"#, "Bad. (event)"),
            (#"{"detail":[{"msg":"Bad."}]}"#, "Bad."), (#"{"detail":[{"loc":[],"msg":"Bad."}]}"#, "Bad."), (#"{"detail":[]}"#, ""),
            (#"{"detail":7}"#, ""), (#"{"code":0,"message":"Transport unknown"}"#, "Transport unknown"), ("[1]", ""), ("", ""),
            ("Bad Gateway\nmore", "Bad Gateway"), ("<html><body>", ""), ("\u{1B}]0;x", #"\u001b]0;x"#),
        ])
    func refusal(body: String, words: String) {
        let detail = RefusalText.detail(Array(body.utf8).span)
        #expect(detail == words)
    }
}
