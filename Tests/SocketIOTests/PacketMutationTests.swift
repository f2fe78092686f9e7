import SocketIO
import TestSupport
import Testing
import WireBytes

/// No bytes from outside may trap a decoder, and what it accepts must lie inside what it was given.
@Suite struct PacketMutationTests {
    private static let vectors: [String] = [
        #"0{"token":"x"}"#, #"0/custom?token=abc,{"a":1}"#, "1/custom,", #"2["subscribe","news",{"channel":"a"},[1,2]]"#,
        #"2/admin,9999999999999999999["h\u00e9\ud83d\ude00llo",{"a":[null,true,-1.5e3]}]"#, #"3/admin,12["bar"]"#,
        #"52-/admin,456["p",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#, #"61-13[{"_placeholder":true,"num":0}]"#,
        #"2["unsubscribe",["a",{"channel":"b"},"€"]]"#, #"2["subscribe",{"channel":"a","since":{"offset":1}}]"#,
    ]

    /// Runs everything that looks at a client's packet.
    private static func exercise(_ bytes: [UInt8], _ range: Range<Int>) {
        guard let packet = try? SocketPacket.decode(range, of: bytes.span) else { return }
        for part in [packet.namespace, packet.ackID, packet.payload].compactMap(\.self) {
            #expect(range.contains(part.lowerBound) && part.upperBound <= range.upperBound)
        }
        #expect(packet.type.isBinary ? (1...10).contains(packet.attachments) : packet.attachments == 0)
        #expect((packet.ackID?.count ?? 0) <= 19)
        if packet.type.isBinary {
            if var assembly = try? BinaryAssembly(packet, of: bytes.span, maximumBytes: 1000) {
                let attachment: [UInt8] = [1, 2, 3]
                while !assembly.isComplete, (try? assembly.append(attachment.span)) != nil {}
            }
        }
        if let payload = packet.payload, let command = ChannelCommand.parse(payload, of: bytes.span) {
            let outcomes = command.targets.map { target -> ChannelCommand.Outcome in
                switch target {
                case .channel(let name, _): .accepted(channel: name)
                case .refused(let channel, let refusal): .refused(channel: channel, refusal)
                }
            }
            let acknowledgement = command.acknowledgement(outcomes: outcomes)
            #expect(throws: Never.self) { try JSONScanner.scan(acknowledgement.span) }
        }
    }

    @Test("a packet cut at any byte", arguments: vectors)
    func truncation(vector: String) {
        let bytes = Array(vector.utf8)
        for end in 0...bytes.count {
            Self.exercise(Array(bytes[..<end]), 0..<end)
            Self.exercise(bytes, 0..<end)
            Self.exercise(bytes, end..<bytes.count)
        }
    }

    @Test("a packet with bytes changed, put in and taken out", arguments: vectors)
    func mutation(vector: String) {
        let alphabet = Array(#"0123456789-/,?[]{}":\u_ aé€"#.utf8)
        var generator = SeededGenerator(seed: UInt64(vector.utf8.count))
        for _ in 0..<3000 {
            var bytes = Array(vector.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                let byte =
                    Bool.random(using: &generator)
                    ? alphabet[Int.random(in: alphabet.indices, using: &generator)] : UInt8.random(in: 0...255, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = byte
                case 1: bytes.insert(byte, at: index)
                default: if bytes.count > 1 { bytes.remove(at: index) }
                }
            }
            Self.exercise(bytes, 0..<bytes.count)
        }
    }

    @Test func `random bytes behind every type`() {
        let alphabet = Array(#"0123456789-/,?[]{}":\"#.utf8)
        var generator = SeededGenerator(seed: 4)
        for round in 0..<20000 {
            var bytes: [UInt8] = [UInt8(ascii: "0") + UInt8(round % 8)]
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                bytes.append(alphabet[Int.random(in: alphabet.indices, using: &generator)])
            }
            Self.exercise(bytes, 0..<bytes.count)
        }
    }
}
