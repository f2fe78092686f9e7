import SocketIO
import TestSupport
import Testing

@Suite struct SocketReplyTests {
    private static let custom = Array("/custom".utf8)
    private static let characters = Array("abcdefghijklmnopqrst".utf8)

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    @Test func `connected names the socket`() throws {
        let parsed = SocketIdentifier(parsing: Self.characters.span)
        let sid = try #require(parsed)
        #expect(Self.text(SocketReply.connected(namespace: nil, sid: sid)) == #"40{"sid":"abcdefghijklmnopqrst"}"#)
        #expect(Self.text(SocketReply.connected(namespace: Self.custom, sid: sid)) == #"40/custom,{"sid":"abcdefghijklmnopqrst"}"#)
    }

    @Test func `a refused connection gets an object`() {
        let random = Array("/random".utf8)
        #expect(
            Self.text(SocketReply.connectError(namespace: random, message: "Invalid namespace", data: nil))
                == #"44/random,{"message":"Invalid namespace"}"#)
        #expect(
            Self.text(SocketReply.connectError(namespace: nil, message: #"not "you""#, data: Array(#"{"code":1}"#.utf8)))
                == #"44{"message":"not \"you\"","data":{"code":1}}"#)
    }

    @Test func `acknowledgements carry the id verbatim`() {
        let one = Array(#"["bar"]"#.utf8)
        let id = Array("0012".utf8)
        #expect(Self.text(SocketReply.ack(namespace: nil, id: id, argumentsJSON: one)) == #"430012["bar"]"#)
        #expect(Self.text(SocketReply.ack(namespace: Self.custom, id: id, argumentsJSON: one)) == #"43/custom,0012["bar"]"#)
        #expect(Self.text(SocketReply.ack(namespace: nil, id: id, argumentsJSON: one, attachments: 2)) == #"462-0012["bar"]"#)
        #expect(
            Self.text(SocketReply.ack(namespace: Self.custom, id: id, argumentsJSON: one, attachments: 10))
                == #"4610-/custom,0012["bar"]"#)
    }

    @Test func `events are binary only with attachments`() {
        let json = Array(#"["e",1]"#.utf8)
        #expect(Self.text(SocketReply.event(namespace: nil, argumentsJSON: json)) == #"42["e",1]"#)
        #expect(Self.text(SocketReply.event(namespace: Self.custom, argumentsJSON: json)) == #"42/custom,["e",1]"#)
        #expect(Self.text(SocketReply.event(namespace: nil, argumentsJSON: json, attachments: 1)) == #"451-["e",1]"#)
        #expect(Self.text(SocketReply.event(namespace: Self.custom, argumentsJSON: json, attachments: 3)) == #"453-/custom,["e",1]"#)
    }

    @Test func `replies decode to what they say`() throws {
        let reply = SocketReply.ack(namespace: Self.custom, id: Array("7".utf8), argumentsJSON: Array("[1]".utf8), attachments: 2)
        #expect(
            try DecodedPacket(decoding: Array(reply.dropFirst()))
                == DecodedPacket(.binaryAck, attachments: 2, namespace: "/custom", ackID: "7", payload: "[1]"))
    }

    @Test(arguments: ["", "abcdefghijklmnopqrs", "abcdefghijklmnopqrstu", "abcdefghijklmnopqrs+", "abcdefghijklmnopqr\u{E9}"])
    func `what is no socket identifier is not taken for one`(text: String) {
        let parsed = SocketIdentifier(parsing: text.utf8.span)
        #expect(parsed == nil)
    }

    @Test func `disconnect has nothing but its type`() {
        #expect(Self.text(SocketReply.disconnect(namespace: nil)) == "41")
        #expect(Self.text(SocketReply.disconnect(namespace: Self.custom)) == "41/custom,")
    }

    @Test func `socket identifiers are 20 URL-safe characters and differ`() {
        var generator = SeededGenerator(seed: 5)
        var seen: Set<SocketIdentifier> = []
        for _ in 0..<1000 {
            let identifier = SocketIdentifier(using: &generator)
            #expect(identifier.characters.count == SocketIdentifier.byteCount)
            let parsed = SocketIdentifier(parsing: identifier.characters.span)
            #expect(parsed == identifier)
            #expect(
                identifier.characters.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                    default: false
                    }
                })
            seen.insert(identifier)
        }
        #expect(seen.count == 1000)
    }
}
