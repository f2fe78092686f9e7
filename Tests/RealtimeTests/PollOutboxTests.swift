import NIOCore
@testable import Realtime
import Testing

@Suite("Poll outbox")
struct PollOutboxTests {
    private func outbox(_ packets: [String]) -> PollOutbox {
        var outbox = PollOutbox()
        for packet in packets { outbox.append(ByteBuffer(string: packet)) }
        return outbox
    }

    @Test("packets are joined by U+001E, 16 a reply, with nothing at the ends", arguments: [0, 1, 2, 15, 16, 17, 32, 33, 300, 1000])
    func replies(count: Int) {
        let packets = (0..<count).map { "4\($0)" }
        var outbox = self.outbox(packets)
        #expect(outbox.count == count && outbox.byteCount == packets.map(\.utf8.count).reduce(0, +))
        var taken: [String] = []
        while !outbox.isEmpty {
            let reply = String(buffer: outbox.takeReply()).split(separator: "\u{1E}", omittingEmptySubsequences: false).map { String($0) }
            #expect(reply.count == min(16, count - taken.count))
            taken += reply
            #expect(outbox.count == count - taken.count)
            #expect(outbox.byteCount == packets[taken.count...].map(\.utf8.count).reduce(0, +))
        }
        #expect(taken == packets)
        #expect(outbox.takeReply().readableBytes == 0)
        #expect(outbox.byteCount == 0 && outbox.count == 0)
    }

    @Test("a lone packet is handed out as it is, without a copy")
    func lonePacket() {
        let packet = ByteBuffer(string: "42[\"e\",1]")
        var outbox = PollOutbox()
        outbox.append(packet)
        let reply = outbox.takeReply()
        #expect(reply == packet)
        #expect(reply.withUnsafeReadableBytes(\.baseAddress) == packet.withUnsafeReadableBytes(\.baseAddress))
    }

    @Test(
        "a binary message becomes b and padded base64",
        arguments: [
            ([1, 2, 3, 4], "bAQIDBA=="), ([], "b"), ([0xFB, 0xFF], "b+/8="), ([0, 1, 2], "bAAEC"),
        ] as [([UInt8], String)])
    func binary(message: [UInt8], text: String) {
        var outbox = PollOutbox()
        outbox.append(binary: message)
        #expect(outbox.byteCount == message.count)
        #expect(String(buffer: outbox.takeReply()) == text)
        outbox.append(ByteBuffer(string: "451-[]"))
        outbox.append(binary: message)
        outbox.append(ByteBuffer(string: "2"))
        #expect(String(buffer: outbox.takeReply()) == "451-[]\u{1E}\(text)\u{1E}2")
        #expect(outbox.byteCount == 0)
    }

    @Test("takeAll hands out what is left, in order, and leaves nothing")
    func takeAll() {
        var outbox = self.outbox((0..<20).map { "4\($0)" })
        outbox.append(binary: [7])
        _ = outbox.takeReply()
        let rest = outbox.takeAll().map { packet in
            switch packet {
            case .text(let text): String(buffer: text)
            case .binary(let bytes): "\(bytes)"
            }
        }
        #expect(rest == ["416", "417", "418", "419", "[7]"])
        #expect(outbox.isEmpty && outbox.byteCount == 0 && outbox.count == 0)
        outbox.append(ByteBuffer(string: "2"))
        #expect(String(buffer: outbox.takeReply()) == "2")
    }

    @Test("appends and replies by turns, over thousands of packets, lose nothing")
    func byTurns() {
        var outbox = PollOutbox()
        var appended = 0, taken: [String] = []
        for turn in 0..<500 {
            for _ in 0..<(turn * 7 % 23) {
                outbox.append(ByteBuffer(string: "4\(appended)"))
                appended += 1
            }
            guard !outbox.isEmpty else { continue }
            taken += String(buffer: outbox.takeReply()).split(separator: "\u{1E}").map { String($0) }
            #expect(outbox.count == appended - taken.count)
        }
        while !outbox.isEmpty { taken += String(buffer: outbox.takeReply()).split(separator: "\u{1E}").map { String($0) } }
        #expect(taken == (0..<appended).map { "4\($0)" })
        #expect(outbox.byteCount == 0)
    }

    @Test("a copy that is taken from leaves the original alone")
    func value() {
        let original = self.outbox(["41", "42", "43"])
        var copy = original
        _ = copy.takeAll()
        #expect(original.count == 3 && original.byteCount == 6)
    }
}
