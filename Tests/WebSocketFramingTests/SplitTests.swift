import TestSupport
import Testing
import WebSocketFraming

@Suite("However the bytes are cut")
struct SplitTests {
    private let limits = MessageLimits(maximumMessageBytes: 200_000, maximumFragments: 8)

    @Test("the events are the same, byte by byte and in random pieces", arguments: 0..<30 as Range<UInt64>)
    func sameEvents(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var (bytes, expected) = conversation(&generator)
        #expect(Receiver.trace([bytes], limits: limits) == expected)
        #expect(Receiver.trace(bytes.map { [$0] }, limits: limits) == expected)
        for longest in [3, 17, 1000, 70_000] {
            #expect(Receiver.trace(generator.pieces(of: bytes, longest: longest), limits: limits) == expected)
        }
        // A damaged byte may change the outcome, but not make it depend on the cuts.
        for _ in 0..<3 {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            let whole = Receiver.trace([bytes], limits: limits)
            #expect(Receiver.trace(bytes.map { [$0] }, limits: limits) == whole)
            #expect(Receiver.trace(generator.pieces(of: bytes, longest: 100), limits: limits) == whole)
        }
    }

    @Test("random bytes never do more than end the connection", arguments: 0..<8 as Range<UInt64>)
    func garbage(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            var bytes = generator.bytes(Int.random(in: 0...40, using: &generator))
            // Half of them begin like a frame, so that they get past the first two bytes.
            if bytes.count > 2, Bool.random(using: &generator) {
                bytes[0] &= 0b1000_1011
                bytes[1] |= 0x80
            }
            let whole = Receiver.trace([bytes])
            #expect(Receiver.trace(bytes.map { [$0] }) == whole)
            let ends = whole.filter { received in
                switch received {
                case .close, .failure: true
                case .text, .binary, .ping, .pong: false
                }
            }
            #expect(ends.count <= 1)
        }
    }

    /// A few messages, fragmented and with control frames between, and what they are.
    private func conversation(_ generator: inout SeededGenerator) -> ([UInt8], [Received]) {
        var bytes: [UInt8] = []
        var expected: [Received] = []
        func send(_ frame: ClientFrame) {
            var frame = frame
            frame.key = generator.bytes(4)
            bytes += frame.bytes
        }
        let messages = Int.random(in: 1...8, using: &generator)
        for message in 0..<messages {
            // Now and then one that needs the long length form.
            let isLong = message == 0 && Int.random(in: 0..<8, using: &generator) == 0
            let isText = !isLong && Bool.random(using: &generator)
            let count = isLong ? 70_000 : [0, 1, 5, 16, 125, 126, 127, 300, 2000].randomElement(using: &generator) ?? 0
            let payload = isText ? generator.text(characters: count) : generator.bytes(count)
            let cuts = (0..<Int.random(in: 0...3, using: &generator)).map { _ in Int.random(in: 0...payload.count, using: &generator) }
            let bounds = [0] + cuts.sorted() + [payload.count]
            for (index, (start, end)) in zip(bounds, bounds.dropFirst()).enumerated() {
                let opcode: Opcode = index > 0 ? .continuation : isText ? .text : .binary
                if Bool.random(using: &generator) {
                    let control = generator.bytes(Int.random(in: 0...125, using: &generator))
                    let isPing = Bool.random(using: &generator)
                    send(ClientFrame(isPing ? .ping : .pong, control))
                    expected.append(isPing ? .ping(control) : .pong(control))
                }
                send(ClientFrame(opcode, Array(payload[start..<end]), isFinal: end == payload.count && index == bounds.count - 2))
            }
            expected.append(isText ? .text(payload) : .binary(payload))
        }
        if Bool.random(using: &generator) {
            send(ClientFrame(.close, [0x03, 0xE8]))
            expected.append(.close(.normal))
        }
        return (bytes, expected)
    }
}
