/// Packets of one session that wait behind one whose token is being verified, in order and bounded.
struct HeldPackets: Sendable {
    private var packets: [[UInt8]] = []
    private var next = 0
    private var byteCount = 0

    /// Returns false, and holds nothing more, if that would be more than these. One packet is held whatever its size: it is within the
    /// limit of messages.
    mutating func append(_ packet: Span<UInt8>, maximumCount: Int, maximumBytes: Int) -> Bool {
        let count = self.packets.count - self.next
        guard count < maximumCount, count == 0 || packet.count <= maximumBytes - self.byteCount else { return false }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(packet.count)
        for index in packet.indices { bytes.append(packet[index]) }
        self.byteCount += bytes.count
        self.packets.append(bytes)
        return true
    }

    mutating func popFirst() -> [UInt8]? {
        guard self.next < self.packets.count else {
            self.packets = []
            self.next = 0
            return nil
        }
        let packet = self.packets[self.next]
        // What was taken is not kept while the rest waits.
        self.packets[self.next] = []
        self.next += 1
        self.byteCount -= packet.count
        return packet
    }
}
