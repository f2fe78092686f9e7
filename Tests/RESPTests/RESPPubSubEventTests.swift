import RESP
import TestSupport
import Testing

@Suite("What subscriptions bring")
struct RESPPubSubEventTests {
    /// An event with texts in the place of ranges.
    enum Event: Equatable {
        case message(String, String)
        case patternMessage(String, String, String)
        case subscribed(String, isPattern: Bool, count: Int)
        case unsubscribed(String?, isPattern: Bool, count: Int)
    }

    static func event(in text: String) -> Event? {
        let bytes = Array(text.utf8)
        var reader = RESPReader(limits: Read.limits)
        guard case .reply(let reply)? = try? reader.advance(over: bytes.span) else {
            Issue.record("no reply: \(text)")
            return nil
        }
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        switch RESPPubSubEvent.read(reply, of: bytes.span) {
        case .message(let channel, let payload): return .message(part(channel), part(payload))
        case .patternMessage(let pattern, let channel, let payload): return .patternMessage(part(pattern), part(channel), part(payload))
        case .subscribed(let name, let isPattern, let count): return .subscribed(part(name), isPattern: isPattern, count: count)
        case .unsubscribed(let name, let isPattern, let count):
            return .unsubscribed(name.map { part($0) }, isPattern: isPattern, count: count)
        case nil: return nil
        }
    }

    static let events: [(String, Event)] = [
        ("3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n", .message("news", "hi")),
        ("3\r\n$7\r\nmessage\r\n$0\r\n\r\n$0\r\n\r\n", .message("", "")),
        ("3\r\n$7\r\nmessage\r\n$1\r\na\r\n$4\r\n\r\n\r\n\r\n", .message("a", "\r\n\r\n")),
        ("4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$2\r\nhi\r\n", .patternMessage("n*", "news", "hi")),
        ("3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n", .subscribed("news", isPattern: false, count: 1)),
        ("3\r\n$10\r\npsubscribe\r\n$2\r\nn*\r\n:27\r\n", .subscribed("n*", isPattern: true, count: 27)),
        ("3\r\n$11\r\nunsubscribe\r\n$4\r\nnews\r\n:0\r\n", .unsubscribed("news", isPattern: false, count: 0)),
        ("3\r\n$12\r\npunsubscribe\r\n$2\r\nn*\r\n:3\r\n", .unsubscribed("n*", isPattern: true, count: 3)),
        ("3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n", .unsubscribed(nil, isPattern: false, count: 0)),
        ("3\r\n$12\r\npunsubscribe\r\n_\r\n:0\r\n", .unsubscribed(nil, isPattern: true, count: 0)),
    ]

    @Test("as an array of RESP2 and as a push of RESP3", arguments: events)
    func read(text: String, expected: Event) {
        #expect(Self.event(in: "*" + text) == expected)
        #expect(Self.event(in: ">" + text) == expected)
        #expect(Self.event(in: "|1\r\n+a\r\n:1\r\n>" + text) == expected)
        #expect(Self.event(in: "~" + text) == nil)
    }

    @Test(
        "anything else is none",
        arguments: [
            "+OK\r\n", "$7\r\nmessage\r\n", "_\r\n", "*-1\r\n", "*0\r\n", "*1\r\n$7\r\nmessage\r\n", "*2\r\n$7\r\nmessage\r\n$1\r\na\r\n",
            "*2\r\n$4\r\npong\r\n$0\r\n\r\n", "*4\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n",
            "*3\r\n$8\r\npmessage\r\n$1\r\na\r\n$1\r\nb\r\n", "*3\r\n+message\r\n$1\r\na\r\n$1\r\nb\r\n",
            "*3\r\n$7\r\nmessage\r\n:1\r\n$1\r\nb\r\n",
            "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n*0\r\n", "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$-1\r\n",
            "*3\r\n$7\r\nMESSAGE\r\n$1\r\na\r\n$1\r\nb\r\n",
            "*3\r\n$9\r\nsubscribe\r\n$-1\r\n:0\r\n", "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n$1\r\n1\r\n",
            "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:-1\r\n",
            "*3\r\n$10\r\nssubscribe\r\n$1\r\na\r\n:1\r\n", "*3\r\n$10\r\nppubscribe\r\n$1\r\na\r\n:1\r\n",
            "*3\r\n$0\r\n\r\n$1\r\na\r\n:1\r\n",
            ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n", "*4\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n:1\r\n",
        ])
    func others(text: String) {
        #expect(Self.event(in: text) == nil)
    }

    @Test("in bounds on bytes that no reader has seen, whatever is said of them")
    func unread() {
        var generator = SeededGenerator(seed: 1)
        for (text, _) in Self.events {
            let whole = Array(("*" + text).utf8)
            for end in 0...whole.count {
                let bytes = Array(whole[..<end])
                for isPush in [false, true] {
                    let reply = RESPReply(value: 0..<end, isPush: isPush)
                    #expect((RESPPubSubEvent.read(reply, of: bytes.span) != nil) == (end == whole.count))
                }
            }
            for _ in 0..<200 {
                var bytes = whole
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                _ = RESPPubSubEvent.read(RESPReply(value: 0..<bytes.count, isPush: true), of: bytes.span)
            }
        }
        let bytes = Array("*3\r\n$999999999999999999\r\nmessage\r\n".utf8)
        #expect(RESPPubSubEvent.read(RESPReply(value: 0..<bytes.count, isPush: false), of: bytes.span) == nil)
        #expect(RESPPubSubEvent.read(RESPReply(value: 0..<99, isPush: false), of: bytes.span) == nil)
        #expect(RESPPubSubEvent.read(RESPReply(value: -1..<9, isPush: false), of: bytes.span) == nil)
    }

    @Test("ranges are those of the bytes that the reply was found in")
    func ranges() {
        let bytes = Array("*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$2\r\nhi\r\n".utf8)
        let event = RESPPubSubEvent.read(RESPReply(value: 0..<bytes.count, isPush: false), of: bytes.span)
        #expect(event == .message(channel: 21..<25, payload: 31..<33))
    }
}
