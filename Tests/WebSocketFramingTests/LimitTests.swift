import Testing
import WebSocketFraming

@Suite("Limits and storage")
struct LimitTests {
    private let small = MessageLimits(maximumMessageBytes: 1000, maximumFragments: 4)

    @Test("the defaults are a million bytes and 1024 fragments")
    func defaults() {
        #expect(MessageLimits().maximumMessageBytes == 1_000_000)
        #expect(MessageLimits().maximumFragments == 1024)
    }

    @Test(
        "a message at the limit passes, one byte more is 1009 before its key and payload", arguments: [0, 1, 125, 126, 1000, 65535, 65536])
    func messageBytes(limit: Int) {
        let limits = MessageLimits(maximumMessageBytes: limit)
        let payload = [UInt8](repeating: 0x61, count: limit)
        #expect(Receiver.trace(ClientFrame(.text, payload), limits: limits) == [.text(payload)])
        let receiver = Receiver(limits: limits)
        var frame = ClientFrame(.text)
        frame.claimedLength = UInt64(limit) + 1
        receiver.read(frame.header)
        #expect(receiver.received == [.failure(.messageTooBig)])
        #expect(receiver.storageCapacity == 0)
    }

    @Test("a huge length is 1009 as soon as it is known", arguments: [1_000_001, 1 << 32, 1 << 62, (1 << 63) - 1] as [UInt64])
    func hugeLength(length: UInt64) {
        var frame = ClientFrame(.binary)
        frame.claimedLength = length
        let receiver = Receiver()
        receiver.read(frame.header)
        #expect(receiver.received == [.failure(.messageTooBig)])
    }

    @Test("fragments count together, control frames between them do not")
    func fragmentBytes() {
        let half = [UInt8](repeating: 0, count: 500)
        let start = [ClientFrame(.binary, half, isFinal: false), ClientFrame(.ping, [UInt8](repeating: 1, count: 125))]
        let receiver = Receiver(limits: small)
        receiver.read([UInt8](start + [ClientFrame(.continuation, half)]))
        #expect(receiver.received.last == .binary(half + half))
        receiver.read([UInt8](start))
        receiver.read(ClientFrame(.continuation, half + [0]).header)
        #expect(receiver.received.last == .failure(.messageTooBig))
    }

    @Test("as many fragments as allowed pass, one more is 1008 at its first byte")
    func fragmentCount() {
        let receiver = Receiver(limits: small)
        let three = [
            ClientFrame(.text, isFinal: false), ClientFrame(.continuation, isFinal: false), ClientFrame(.continuation, isFinal: false),
        ]
        for _ in 0..<3 {
            receiver.read([UInt8](three + [ClientFrame(.ping), ClientFrame(.continuation)]))
        }
        #expect(receiver.received == [.ping([]), .text([]), .ping([]), .text([]), .ping([]), .text([])])
        receiver.read([UInt8](three + [ClientFrame(.continuation, isFinal: false)]))
        #expect(receiver.isInsideMessage)
        receiver.read([0x80])
        #expect(receiver.received.last == .failure(.policyViolation))
    }

    @Test("the reader is small")
    func size() {
        #expect(MemoryLayout<MessageReader>.size <= 80)
        #expect(Receiver().storageCapacity == 0)
    }

    @Test("storage follows what has arrived, not what was claimed")
    func claimedLength() {
        var frame = ClientFrame(.binary, [1, 2, 3])
        frame.claimedLength = 1_000_000
        let receiver = Receiver()
        receiver.read(frame.bytes)
        #expect(receiver.received.isEmpty)
        #expect(receiver.storageCapacity <= 64)
    }

    @Test("between messages at most 128 bytes of storage are kept", arguments: [1, 100, 128, 129, 5000, 1_000_000])
    func keptStorage(count: Int) {
        let receiver = Receiver()
        receiver.read(ClientFrame(.binary, [UInt8](repeating: 0, count: count)).bytes)
        #expect(receiver.received.count == 1)
        #expect(receiver.storageCapacity <= 128)
    }

    @Test("small frames one after the other do not make the storage grow")
    func reusedStorage() {
        let receiver = Receiver()
        receiver.read(ClientFrame(.text, [0x33]).bytes)
        // How much the allocator rounds one byte up is its own affair, and depends on what was freed before; what is too much is not kept.
        let first = receiver.storageCapacity
        #expect(first > 0)
        for _ in 1..<100 {
            receiver.read(ClientFrame(.text, [0x33]).bytes)
            #expect(receiver.storageCapacity <= max(first, 128))
        }
    }

    @Test("nothing is kept after a close or a failure")
    func endedStorage() {
        for last in [ClientFrame(.close), ClientFrame(.text)] {
            let receiver = Receiver()
            receiver.read([UInt8]([ClientFrame(.binary, [UInt8](repeating: 0, count: 5000), isFinal: false), last]))
            #expect(receiver.storageCapacity == 0)
        }
    }
}
