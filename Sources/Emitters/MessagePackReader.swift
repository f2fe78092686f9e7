import WireBytes

/// Reads MessagePack (specification of 2017, with `bin`, `ext` and timestamps) token by token: no tree, no recursion, no allocation.
///
/// A pure function of its input: no length is believed before so many bytes are there, so that a count is never larger than what is left.
package struct MessagePackReader: Sendable {
    /// Where the next value begins.
    package private(set) var position: Int

    /// A reader whose first value begins at `position` of the bytes that every call is given.
    package init(at position: Int = 0) {
        self.position = max(position, 0)
    }

    /// The next value's head; behind the head of an array or map its first value comes next.
    package mutating func next(in bytes: Span<UInt8>) throws(MessagePackFault) -> MessagePackToken {
        let head = UInt8(truncatingIfNeeded: try self.integer(1, in: bytes))
        switch head {
        case 0x00...0x7F: return .unsigned(UInt64(head))
        case 0x80...0x8F: return .map(try self.count(UInt64(head & 0x0F), valuesEach: 2, in: bytes))
        case 0x90...0x9F: return .array(try self.count(UInt64(head & 0x0F), valuesEach: 1, in: bytes))
        case 0xA0...0xBF: return .string(try self.string(UInt64(head & 0x1F), in: bytes))
        case 0xC0: return .null
        case 0xC1: throw .reservedByte
        case 0xC2: return .boolean(false)
        case 0xC3: return .boolean(true)
        case 0xC4...0xC6: return .binary(try self.data(try self.length(head &- 0xC4, in: bytes), in: bytes))
        case 0xC7...0xC9: return try self.ext(try self.length(head &- 0xC7, in: bytes), isFixed: false, in: bytes)
        case 0xCA: return .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try self.integer(4, in: bytes)))))
        case 0xCB: return .float(Double(bitPattern: try self.integer(8, in: bytes)))
        case 0xCC...0xCF: return .unsigned(try self.integer(1 &<< Int(head &- 0xCC), in: bytes))
        case 0xD0: return Self.signed(Int64(Int8(truncatingIfNeeded: try self.integer(1, in: bytes))))
        case 0xD1: return Self.signed(Int64(Int16(truncatingIfNeeded: try self.integer(2, in: bytes))))
        case 0xD2: return Self.signed(Int64(Int32(truncatingIfNeeded: try self.integer(4, in: bytes))))
        case 0xD3: return Self.signed(Int64(bitPattern: try self.integer(8, in: bytes)))
        case 0xD4...0xD8: return try self.ext(1 &<< UInt64(head &- 0xD4), isFixed: true, in: bytes)
        case 0xD9...0xDB: return .string(try self.string(try self.length(head &- 0xD9, in: bytes), in: bytes))
        case 0xDC...0xDD: return .array(try self.count(try self.length(head &- 0xDC &+ 1, in: bytes), valuesEach: 1, in: bytes))
        case 0xDE...0xDF: return .map(try self.count(try self.length(head &- 0xDE &+ 1, in: bytes), valuesEach: 2, in: bytes))
        default: return .negative(Int64(Int8(bitPattern: head)))
        }
    }

    /// Steps over one whole value, however it is nested.
    package mutating func skip(in bytes: Span<UInt8>) throws(MessagePackFault) {
        // Each value that is still to come has at least one byte of the message to itself or the bytes end before it: this stays small.
        var missing = 1
        while missing > 0 {
            missing &-= 1
            switch try self.next(in: bytes) {
            case .array(let count): missing &+= count
            case .map(let count): missing &+= count &* 2
            default: break
            }
        }
    }

    private static func signed(_ value: Int64) -> MessagePackToken {
        value < 0 ? .negative(value) : .unsigned(UInt64(value))
    }

    /// A length in 1, 2 or 4 bytes; `size` is 0, 1 or 2.
    private mutating func length(_ size: UInt8, in bytes: Span<UInt8>) throws(MessagePackFault) -> UInt64 {
        try self.integer(1 &<< Int(size), in: bytes)
    }

    private mutating func integer(_ byteCount: Int, in bytes: Span<UInt8>) throws(MessagePackFault) -> UInt64 {
        guard bytes.count &- self.position >= byteCount else { throw .truncated }
        var value: UInt64 = 0
        for index in self.position..<(self.position &+ byteCount) {
            value = value &<< 8 | UInt64(bytes[index])
        }
        self.position &+= byteCount
        return value
    }

    private mutating func data(_ byteCount: UInt64, in bytes: Span<UInt8>) throws(MessagePackFault) -> Range<Int> {
        // At most 2^32 - 1, and Int has 64 bits.
        let count = Int(truncatingIfNeeded: byteCount)
        guard bytes.count &- self.position >= count else { throw .truncated }
        let data = self.position..<(self.position &+ count)
        self.position = data.upperBound
        return data
    }

    private mutating func string(_ byteCount: UInt64, in bytes: Span<UInt8>) throws(MessagePackFault) -> Range<Int> {
        let text = try self.data(byteCount, in: bytes)
        guard UTF8Validator.isValid(bytes.extracting(text)) else { throw .invalidUTF8 }
        return text
    }

    private mutating func ext(_ byteCount: UInt64, isFixed: Bool, in bytes: Span<UInt8>) throws(MessagePackFault) -> MessagePackToken {
        let type = Int8(truncatingIfNeeded: try self.integer(1, in: bytes))
        return .ext(type: type, data: try self.data(byteCount, in: bytes), isFixed: isFixed)
    }

    private mutating func count(_ count: UInt64, valuesEach: Int, in bytes: Span<UInt8>) throws(MessagePackFault) -> Int {
        let count = Int(truncatingIfNeeded: count)
        guard count &* valuesEach <= bytes.count &- self.position else { throw .truncated }
        return count
    }
}
