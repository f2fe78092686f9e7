import Broadcast
import NIOCore
import SocketIO
import WebSocketFraming

/// Frames and packets, in and out.
enum FramingBenchmarks {
    static var all: [Benchmark] {
        [
            Self.publication("32 B", Documents.small),
            Self.publication("1 KiB", Documents.event),
            Self.read("32 B text", opcode: 0x1, payload: Documents.small, count: 64),
            Self.read("pongs", opcode: 0xA, payload: [], count: 64),
            Self.read("1 KiB text", opcode: 0x1, payload: Documents.event, count: 16),
            Self.read("64 KiB text", opcode: 0x1, payload: Documents.longStrings, count: 1),
            Self.read("64 KiB binary", opcode: 0x2, payload: Documents.longStrings, count: 1),
            Self.join(16, of: Documents.small),
            Self.join(16, of: Documents.event),
            Self.packet(#"21["subscribe","news"]"#),
            Self.command(#"["subscribe","news"]"#),
        ]
    }

    /// The finished WebSocket frame of a message, which all receivers share.
    private static func publication(_ name: String, _ payload: [UInt8]) -> Benchmark {
        let channel = ChannelName(Array("news".utf8))
        let event = Array("update".utf8)
        return Benchmark("frame building, \(name)", unit: "message", bytes: payload.count) {
            Publication(channel: channel, event: event.span, payload: payload.span, allocator: ByteBufferAllocator()).frame.readableBytes
        }
    }

    private static func read(_ name: String, opcode: UInt8, payload: [UInt8], count: Int) -> Benchmark {
        let input = Array(repeating: Self.maskedFrame(opcode: opcode, payload), count: count).flatMap { $0 }
        let reader = ReusedReader()
        return Benchmark("WebSocket frames, \(name)", unit: "frame", operations: count, bytes: input.count / count) {
            reader.read(input)
        }
    }

    private static func maskedFrame(opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let key: [UInt8] = [0x5A, 0x01, 0xFE, 0x33]
        var frame: [UInt8] = [0x80 | opcode]
        if payload.count < 126 {
            frame.append(0x80 | UInt8(payload.count))
        } else {
            let width = payload.count < 65_536 ? 2 : 8
            frame.append(0x80 | (width == 2 ? 126 : 127))
            for shift in (0..<width).reversed() { frame.append(UInt8(truncatingIfNeeded: payload.count >> (8 * shift))) }
        }
        return frame + key + payload.enumerated().map { $1 ^ key[$0 & 3] }
    }

    /// What a poll finds queued, in one answer.
    private static func join(_ count: Int, of payload: [UInt8]) -> Benchmark {
        let publication = Publication(
            channel: ChannelName(Array("news".utf8)), event: Array("update".utf8).span, payload: payload.span,
            allocator: ByteBufferAllocator())
        let outbox = ReusedOutbox()
        return Benchmark(
            "polling payload, \(count) of \(payload.count) B", unit: "packet", operations: count, bytes: publication.packet.readableBytes
        ) {
            outbox.join(publication, times: count)
        }
    }

    private static func packet(_ text: String) -> Benchmark {
        let bytes = Array(text.utf8)
        return Benchmark("Socket.IO decoding, subscribe", unit: "packet", bytes: bytes.count) {
            (try? SocketPacket.decode(0..<bytes.count, of: bytes.span))?.payload?.upperBound ?? 0
        }
    }

    private static func command(_ text: String) -> Benchmark {
        let bytes = Array(text.utf8)
        return Benchmark("Socket.IO command, subscribe", unit: "command", bytes: bytes.count) {
            ChannelCommand.parse(0..<bytes.count, of: bytes.span)?.targets.count ?? 0
        }
    }
}

/// One connection's reader, which keeps its small storage from message to message.
private final class ReusedReader {
    private var reader = MessageReader(limits: MessageLimits())

    func read(_ input: [UInt8]) -> Int {
        var offset = 0
        var bytes = 0
        while true {
            let step = self.reader.read(input.span.extracting(droppingFirst: offset))
            offset += step.consumed
            guard step.event != nil else { return bytes }
            bytes &+= self.reader.payload.count &+ 1
        }
    }
}

private final class ReusedOutbox {
    private var outbox = PollOutbox()

    func join(_ publication: Publication, times: Int) -> Int {
        for _ in 0..<times { self.outbox.append(publication.packet) }
        return self.outbox.takeReply().readableBytes
    }
}
