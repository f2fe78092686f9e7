import NIOCore
import NIOHTTP1

/// NIO's HTTP/1 decoder with the two things that it does not tell: that the first byte of a request has come, and whether a header that is
/// too long is so in the request line.
final class RequestDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    private let decoder: HTTPRequestDecoder
    private let connection: HTTPConnectionHandler

    init(limits: HTTPLimits, connection: HTTPConnectionHandler) {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderFieldSize = limits.headerBytes
        // The decoder counts the target as a part of the list.
        configuration.maxHeaderListSize = limits.headerBytes + limits.targetBytes
        configuration.maxHeaderFieldCount = limits.headerFields
        self.decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: configuration)
        self.connection = connection
    }

    func decoderAdded(context: ChannelHandlerContext) {
        self.decoder.decoderAdded(context: context)
    }

    func decoderRemoved(context: ChannelHandlerContext) {
        self.decoder.decoderRemoved(context: context)
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        if self.connection.bytesArrived() { Self.encodeRawBytes(ofRequestLineIn: &buffer) }
        do {
            return try self.decoder.decode(context: context, buffer: &buffer)
        } catch HTTPParserError.headerOverflow {
            throw Self.isInRequestLine(buffer) ? RequestFault.targetTooLong : RequestFault.headerTooLarge
        }
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try self.decoder.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
    }

    /// NIO's decoder takes ASCII targets only. Some clients send UTF-8 as it is: the bytes above ASCII are percent-encoded, and whether they
    /// are UTF-8 is seen where the name is decoded. A pipelined request behind another in the same read is not looked at.
    private static func encodeRawBytes(ofRequestLineIn buffer: inout ByteBuffer) {
        let line = buffer.readableBytesView.prefix { $0 != UInt8(ascii: "\n") }
        guard line.contains(where: { $0 >= 0x80 }) else { return }
        var encoded = ByteBuffer()
        encoded.reserveCapacity(buffer.readableBytes * 3)
        for byte in line {
            if byte < 0x80 {
                encoded.writeInteger(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                encoded.writeBytes([UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        encoded.writeBytes(buffer.readableBytesView.dropFirst(line.count))
        buffer = encoded
    }

    /// The decoder keeps bytes from the beginning of the part that it is in: a target begins with a slash or follows the method and a
    /// space, a field begins with its name, in which neither can be.
    private static func isInRequestLine(_ buffer: ByteBuffer) -> Bool {
        for byte in buffer.readableBytesView {
            switch byte {
            case UInt8(ascii: "/"): return true
            case UInt8(ascii: " "): return !buffer.readableBytesView.contains(UInt8(ascii: "\n"))
            case UInt8(ascii: ":"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): return false
            default: continue
            }
        }
        return false
    }
}
