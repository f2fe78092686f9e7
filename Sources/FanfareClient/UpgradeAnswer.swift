import WebSocketFraming
import WireBytes

/// Judges a server's answer to the upgrade request (RFC 6455 4.1).
package enum UpgradeAnswer {
    /// A head, and the body of a refusal, may be this long together.
    package static let maximumBytes = 16_384

    /// What the bytes so far amount to.
    package enum Verdict: Equatable, Sendable {
        /// More are needed.
        case incomplete
        /// The connection is a WebSocket from this byte on.
        case accepted(headBytes: Int)
        /// An HTTP answer, not an upgrade; `body` is where its body is, as far as it has come.
        case refused(status: Int, body: Range<Int>)
        /// Not HTTP, or a 101 that is not the answer to our request.
        case wrong
    }

    /// - Parameters:
    ///   - bytes: all that has come so far.
    ///   - accept: what `Sec-WebSocket-Accept` has to be.
    ///   - isEnd: nothing more will come.
    package static func judge(_ bytes: Span<UInt8>, accept: Span<UInt8>, isEnd: Bool) -> Verdict {
        guard let headEnd = self.endOfHead(bytes) else {
            return isEnd || bytes.count >= self.maximumBytes || !self.beginsLikeHTTP(bytes) ? .wrong : .incomplete
        }
        guard let status = self.status(bytes) else { return .wrong }
        var head = Head()
        var start = self.endOfLine(from: 0, in: bytes) + 2
        while start < headEnd - 2 {
            let end = self.endOfLine(from: start, in: bytes)
            head.take(bytes.extracting(start..<end), accept: accept)
            start = end + 2
        }
        if status == 101 { return head.isUpgrade ? .accepted(headBytes: headEnd) : .wrong }
        let hasBody = head.contentLength.map { bytes.count - headEnd >= $0 } ?? false
        let isWhole = isEnd || hasBody || bytes.count >= self.maximumBytes
        return isWhole ? .refused(status: status, body: headEnd..<bytes.count) : .incomplete
    }

    /// What the fields say that matter here.
    private struct Head {
        var upgrades = false
        var connects = false
        var accepts = false
        /// An extension or a subprotocol; we offer none.
        var choosesMore = false
        var contentLength: Int?

        var isUpgrade: Bool { self.upgrades && self.connects && self.accepts && !self.choosesMore }

        mutating func take(_ line: Span<UInt8>, accept: Span<UInt8>) {
            var colon = 0
            while colon < line.count, line[colon] != UInt8(ascii: ":") {
                colon += 1
            }
            guard colon < line.count else { return }
            let name = line.extracting(0..<colon)
            let value = line.extracting(ASCII.trimmingBlanks((colon + 1)..<line.count, of: line))
            if ASCII.equalsIgnoringCase(name, "upgrade") {
                self.upgrades = ASCII.listContains("websocket", in: value)
            } else if ASCII.equalsIgnoringCase(name, "connection") {
                self.connects = ASCII.listContains("upgrade", in: value)
            } else if ASCII.equalsIgnoringCase(name, "sec-websocket-accept") {
                self.accepts = ASCII.equals(value, accept)
            } else if ASCII.equalsIgnoringCase(name, "sec-websocket-extensions")
                || ASCII.equalsIgnoringCase(name, "sec-websocket-protocol")
            {
                self.choosesMore = true
            } else if ASCII.equalsIgnoringCase(name, "content-length") {
                self.contentLength = ASCII.parseDecimal(value)
            }
        }
    }

    /// The offset behind the empty line.
    private static func endOfHead(_ bytes: Span<UInt8>) -> Int? {
        var index = 3
        while index < min(bytes.count, self.maximumBytes) {
            switch bytes[index] {
            case 0x0A:
                if bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A, bytes[index - 3] == 0x0D { return index + 1 }
                index += 2
            case 0x0D: index += 1
            default: index += 4
            }
        }
        return nil
    }

    private static func endOfLine(from start: Int, in bytes: Span<UInt8>) -> Int {
        var index = start
        while index + 1 < bytes.count, bytes[index] != 0x0D || bytes[index + 1] != 0x0A {
            index += 1
        }
        return index
    }

    private static func beginsLikeHTTP(_ bytes: Span<UInt8>) -> Bool {
        bytes.count < 7 || ASCII.equals(bytes.extracting(first: 7), "HTTP/1.")
    }

    /// `HTTP/1.1 101 …`
    private static func status(_ bytes: Span<UInt8>) -> Int? {
        guard bytes.count > 12, self.beginsLikeHTTP(bytes), bytes[8] == 0x20, bytes[12] == 0x20 || bytes[12] == 0x0D else { return nil }
        return ASCII.parseDecimal(bytes.extracting(9..<12))
    }
}
