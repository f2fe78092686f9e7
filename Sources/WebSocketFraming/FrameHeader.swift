/// Headers of the server's own frames: FIN set, not masked, the shortest length form (RFC 6455 5.1, 5.2).
package enum FrameHeader {
    /// How many bytes the header takes before a payload of this many bytes: 2, 4 or 10.
    package static func byteCount(payloadByteCount: Int) -> Int {
        switch payloadByteCount {
        case ...125: 2
        case ...0xFFFF: 4
        default: 10
        }
    }

    /// Writes exactly `byteCount(payloadByteCount:)` bytes; the caller has made room for them.
    package static func write(opcode: Opcode, payloadByteCount: Int, into output: inout OutputRawSpan) {
        output.append(0x80 | opcode.rawValue)
        output.append(lengthByte(payloadByteCount))
        var shift = lengthShift(payloadByteCount)
        while shift > 0 {
            shift -= 8
            output.append(UInt8(truncatingIfNeeded: payloadByteCount >> shift))
        }
    }

    /// The same for frames that are built in an array.
    package static func append(opcode: Opcode, payloadByteCount: Int, to bytes: inout [UInt8]) {
        bytes.append(0x80 | opcode.rawValue)
        bytes.append(lengthByte(payloadByteCount))
        var shift = lengthShift(payloadByteCount)
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: payloadByteCount >> shift))
        }
    }

    private static func lengthByte(_ payloadByteCount: Int) -> UInt8 {
        switch payloadByteCount {
        case ...125: UInt8(truncatingIfNeeded: payloadByteCount)
        case ...0xFFFF: 126
        default: 127
        }
    }

    /// The bits of the extended length: 0, 16 or 64.
    private static func lengthShift(_ payloadByteCount: Int) -> Int {
        (byteCount(payloadByteCount: payloadByteCount) - 2) * 8
    }
}
