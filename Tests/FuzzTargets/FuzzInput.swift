/// An input read from its front: bytes that choose something, then data. Behind the end every choice is 0, so that each input means
/// something.
package struct FuzzInput {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var isAtEnd: Bool { self.position == self.bytes.count }

    /// The next byte.
    package mutating func byte() -> UInt8 {
        guard !self.isAtEnd else { return 0 }
        defer { self.position += 1 }
        return self.bytes[self.position]
    }

    /// A number below `count`.
    package mutating func choice(_ count: Int) -> Int {
        Int(self.byte()) % count
    }

    /// The next bytes, as many as there are up to `count`.
    package mutating func data(_ count: Int) -> [UInt8] {
        let end = min(self.position + count, self.bytes.count)
        defer { self.position = end }
        return Array(self.bytes[self.position..<end])
    }

    /// A count in one byte and so many bytes.
    package mutating func counted() -> [UInt8] {
        self.data(Int(self.byte()))
    }

    /// All that is left, cut into pieces: a byte says how many lengths follow (up to 7; none: one piece), each length one byte, used over
    /// and over. Of a large input the pieces are longer, so that their number stays below some thousands.
    package mutating func pieces() -> [[UInt8]] {
        let lengths = (0..<Int(self.byte() & 7)).map { _ in Int(self.byte()) + 1 }
        let rest = Array(self.bytes[self.position...])
        self.position = self.bytes.count
        guard !lengths.isEmpty else { return rest.isEmpty ? [] : [rest] }
        let scale = 1 + rest.count / 4096
        var pieces: [[UInt8]] = []
        var start = 0
        while start < rest.count {
            let end = min(start + lengths[pieces.count % lengths.count] * scale, rest.count)
            pieces.append(Array(rest[start..<end]))
            start = end
        }
        return pieces
    }
}
