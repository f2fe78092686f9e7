import NIOCore

/// What the server says on one connection, taken apart while it is written: HTTP answers, and behind a 101 WebSocket frames.
struct ServerStream {
    enum Item {
        case answer(status: Int, body: [UInt8])
        /// A whole, unfragmented frame: the server sends no others.
        case frame(opcode: UInt8, payload: [UInt8])
        /// Nothing that a server may write.
        case malformed
    }

    private var bytes: [UInt8] = []
    private var head = 0
    private(set) var isWebSocket = false

    mutating func feed(_ buffer: ByteBuffer) {
        self.bytes.append(contentsOf: buffer.readableBytesView)
    }

    /// The next whole item and its length in bytes.
    mutating func next() -> (item: Item, byteCount: Int)? {
        guard let (item, count) = self.isWebSocket ? self.frame() : self.answer() else {
            if self.head > 0 {
                self.bytes.removeFirst(self.head)
                self.head = 0
            }
            return nil
        }
        self.head += count
        return (item, count)
    }

    private func frame() -> (Item, Int)? {
        let available = self.bytes.count - self.head
        guard available >= 2 else { return nil }
        let first = self.bytes[self.head], second = self.bytes[self.head + 1]
        guard first & 0x70 == 0, second & 0x80 == 0, first & 0x80 != 0 else { return (.malformed, available) }
        var start = 2
        var length = Int(second)
        if length == 126 {
            start = 4
        } else if length == 127 {
            start = 10
        }
        guard available >= start else { return nil }
        if start > 2 {
            length = self.bytes[(self.head + 2)..<(self.head + start)].reduce(0) { $0 << 8 | Int($1) }
        }
        guard length < 1 << 30, available >= start + length else { return length < 1 << 30 ? nil : (.malformed, available) }
        let payload = Array(self.bytes[(self.head + start)..<(self.head + start + length)])
        return (.frame(opcode: first & 0x0F, payload: payload), start + length)
    }

    private mutating func answer() -> (Item, Int)? {
        let end = Array("\r\n\r\n".utf8)
        var index = self.head
        while index + 4 <= self.bytes.count, !self.bytes[index..<(index + 4)].elementsEqual(end) { index += 1 }
        guard index + 4 <= self.bytes.count else { return nil }
        let lines = String(decoding: self.bytes[self.head..<index], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3)) else {
            return (.malformed, self.bytes.count - self.head)
        }
        if status == 101 {
            self.isWebSocket = true
            return (.answer(status: 101, body: []), index + 4 - self.head)
        }
        var length = 0
        for line in lines where line.lowercased().hasPrefix("content-length:") {
            length = Int(line.dropFirst(15).drop { $0 == " " }) ?? 0
        }
        let start = index + 4
        guard self.bytes.count >= start + length else { return nil }
        return (.answer(status: status, body: Array(self.bytes[start..<(start + length)])), start + length - self.head)
    }
}
