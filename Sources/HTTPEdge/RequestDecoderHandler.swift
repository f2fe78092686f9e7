import NIOCore
import NIOHTTP1

/// Feeds NIO's request decoder one request at a time, and only while the connection wants more: what a client sends ahead stays raw bytes.
/// At an upgrade it hands out what it has not fed. First in the pipeline, in front of `HTTPConnectionHandler`; confined to its loop.
final class RequestDecoderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPServerRequestPart

    private let decoder: HTTPRequestDecoder
    private let unfedLimit: Int
    private var scanner: HeadScanner
    /// Nil outside of the pipeline.
    private var connection: HTTPConnectionHandler?
    private var context: ChannelHandlerContext?
    /// Bytes that the decoder has not consumed. It has seen the first `seenByteCount` of them: the beginning of a field that goes on.
    private var input: ByteBuffer?
    private var seenByteCount = 0
    private var hasFailed = false
    private(set) var isWorking = false
    /// Bytes that the decoder has not seen.
    private(set) var unfedByteCount = 0

    init(limits: HTTPLimits, connection: HTTPConnectionHandler) {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        // The scanner is the one that is exact. The decoder counts the target as well, three times as long if all of it is escaped.
        let target = 3 * (limits.targetBytes + HeadScanner.requestLineSlack)
        configuration.maxHeaderFieldSize = max(limits.headerBytes, target)
        configuration.maxHeaderListSize = limits.headerBytes + target
        configuration.maxHeaderFieldCount = limits.headerFields
        self.decoder = HTTPRequestDecoder(limitConfiguration: configuration)
        self.scanner = HeadScanner(targetBytes: limits.targetBytes, headerBytes: limits.headerBytes)
        self.unfedLimit = limits.lingerBytes
        self.connection = connection
    }

    // MARK: - Pipeline

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.decoder.decoderAdded(context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.decoder.decoderRemoved(context: context)
        self.context = nil
        self.connection = nil
        self.input = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        let byteCount = bytes.readableBytes
        self.unfedByteCount += byteCount
        if var input = self.input {
            self.input = nil
            if input.readerIndex > input.readableBytes { input.discardReadBytes() }
            input.writeBuffer(&bytes)
            self.input = input
        } else {
            self.input = bytes
        }
        self.connection?.beganReading(byteCount)
        self.work()
        // The transport reads on regardless once the peer has closed its side.
        if self.unfedByteCount > self.unfedLimit { self.connection?.close() }
    }

    // MARK: - Feeding

    /// Decodes as far as the connection wants. Called when bytes have come and when the connection's mind has changed; a nested call does
    /// nothing, as the outer one looks again.
    func work() {
        guard !self.isWorking else { return }
        self.isWorking = true
        while let connection = self.connection {
            let appetite = connection.appetite()
            guard self.unfedByteCount > 0 else { break }
            switch appetite {
            case .nothing: break
            case .drop: self.drop(connection)
            case .head: self.feedHead(connection)
            case .body: self.feedBody(connection)
            }
            if appetite == .nothing { break }
        }
        self.isWorking = false
        self.connection?.decoderRests()
    }

    /// Everything that was not decoded, at an upgrade.
    func takeInput() -> ByteBuffer? {
        let input = self.input
        self.input = nil
        self.unfedByteCount = 0
        return input
    }

    private func drop(_ connection: HTTPConnectionHandler) {
        let byteCount = self.unfedByteCount
        self.input = nil
        self.unfedByteCount = 0
        connection.dropped(byteCount)
    }

    private func feedHead(_ connection: HTTPConnectionHandler) {
        guard let input = self.input else { return self.discard() }
        let isBeforeFields = self.scanner.isBeforeFields
        let (byteCount, verdict) = self.scanner.scan(input.readableBytesUInt8Span.extracting(droppingFirst: self.seenByteCount))
        if self.scanner.hasBegun { connection.receivedHeadBytes() }
        switch verdict {
        case .targetTooLong: self.fail(.targetTooLong)
        case .fieldsTooLarge: self.fail(.fieldsTooLarge)
        case .incomplete:
            self.feed(isBeforeFields ? self.escaping(byteCount) : byteCount)
        case .complete:
            self.scanner.reset()
            self.feed(byteCount)
        }
    }

    /// The decoder takes ASCII targets only, and some clients send UTF-8 as it is: bytes above ASCII among the next `byteCount` are
    /// percent-encoded. Whether they are UTF-8 is seen where they are decoded.
    /// - Returns: how many there are now.
    private func escaping(_ byteCount: Int) -> Int {
        guard let input = self.input else { return byteCount }
        let start = input.readerIndex + self.seenByteCount
        guard let piece = input.viewBytes(at: start, length: byteCount), piece.contains(where: { $0 >= 0x80 }) else { return byteCount }
        var escaped = ByteBuffer()
        escaped.reserveCapacity(input.readableBytes + 2 * byteCount)
        escaped.writeBytes(input.readableBytesView.prefix(self.seenByteCount))
        for byte in piece {
            if byte < 0x80 {
                escaped.writeInteger(byte)
            } else {
                escaped.writeBytes([UInt8(ascii: "%"), Self.hexadecimalDigit(byte >> 4), Self.hexadecimalDigit(byte & 15)])
            }
        }
        let escapedByteCount = escaped.readableBytes - self.seenByteCount
        escaped.writeBytes(input.readableBytesView.dropFirst(self.seenByteCount + byteCount))
        self.unfedByteCount += escapedByteCount - byteCount
        self.input = escaped
        return escapedByteCount
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + (value - 10)
    }

    private func feedBody(_ connection: HTTPConnectionHandler) {
        if let announced = connection.bodyBytesToCome {
            self.feed(min(max(announced, 1), self.unfedByteCount))
        } else {
            let byteCount = self.unfedByteCount
            self.feed(byteCount)
            connection.receivedChunks(byteCount)
        }
    }

    /// Shows the decoder the next `byteCount` unseen bytes; the parts they make go to the connection meanwhile.
    private func feed(_ byteCount: Int) {
        guard let context = self.context, var input = self.input, !self.hasFailed else { return self.discard() }
        self.input = nil
        let end = input.writerIndex
        let fed = input.readerIndex + self.seenByteCount + byteCount
        self.unfedByteCount = end - fed
        input.moveWriterIndex(to: fed)
        do {
            _ = try self.decoder.decode(context: context, buffer: &input)
        } catch HTTPParserError.headerOverflow {
            // The scanner has counted the bytes.
            return self.fail(.tooManyFields)
        } catch {
            return self.fail(.malformed)
        }
        self.seenByteCount = input.readableBytes
        input.moveWriterIndex(to: end)
        self.input = input.readableBytes > 0 ? input : nil
    }

    private func fail(_ fault: DecodingFault) {
        self.hasFailed = true
        self.discard()
        self.connection?.decodingFailed(fault)
    }

    private func discard() {
        self.input = nil
        self.unfedByteCount = 0
    }
}

@available(*, unavailable) extension RequestDecoderHandler: Sendable {}
