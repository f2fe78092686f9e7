/// Eight bytes at a time: finds the next byte that needs a decision, so that runs of ordinary text cost less than an instruction a byte.
///
/// Each mask has the high bit set in the bytes that matter. A subtraction may carry a false mark into a byte above a true one, never below
/// it: the lowest mark is exact, and only that one is used.
enum ByteWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// First offset at or after `start` of a byte that a JSON string scanner must look at: `"`, `\`, a control character or not ASCII.
    @inline(__always)
    static func endOfPlainString(from start: Int, in bytes: Span<UInt8>) -> Int {
        end(from: start, in: bytes) { word in
            (marks(word, below: 0x20) | marks(word, equal: 0x22) | marks(word, equal: 0x5C) | word) & highBits
        } single: { byte in
            byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80
        }
    }

    /// First offset at or after `start` of a byte that JSON wants escaped: `"`, `\` or a control character.
    @inline(__always)
    static func endOfUnescaped(from start: Int, in bytes: Span<UInt8>) -> Int {
        end(from: start, in: bytes) { word in
            (marks(word, below: 0x20) | marks(word, equal: 0x22) | marks(word, equal: 0x5C)) & ~word & highBits
        } single: { byte in
            byte < 0x20 || byte == 0x22 || byte == 0x5C
        }
    }

    /// First offset at or after `start` of a byte that is not ASCII.
    @inline(__always)
    static func endOfASCII(from start: Int, in bytes: Span<UInt8>) -> Int {
        end(from: start, in: bytes) { word in
            word & highBits
        } single: { byte in
            byte >= 0x80
        }
    }

    /// First offset at or after `start` of a byte that is no decimal digit.
    @inline(__always)
    static func endOfDigits(from start: Int, in bytes: Span<UInt8>) -> Int {
        end(from: start, in: bytes) { word in
            // Digits become 0 to 9; what is above 9 reaches the high bit with 0x76 on top, without a carry into the next byte.
            let value = word ^ ones &* 0x30
            return (value & ~highBits &+ ones &* 0x76 | value) & highBits
        } single: { byte in
            byte &- UInt8(ascii: "0") >= 10
        }
    }

    /// `start` must be in `0...bytes.count`; the answer is in `start...bytes.count`. Every load is bounds-checked.
    @inline(__always)
    private static func end(
        from start: Int,
        in bytes: Span<UInt8>,
        mask: (UInt64) -> UInt64,
        single: (UInt8) -> Bool
    ) -> Int {
        let count = bytes.count
        var index = start
        while count &- index >= 8 {
            let marked = mask(load(at: index, in: bytes))
            if marked != 0 {
                return index &+ marked.trailingZeroBitCount &>> 3
            }
            index &+= 8
        }
        while index < count, !single(bytes[index]) {
            index &+= 1
        }
        return index
    }

    /// The eight bytes at `index`, the first one lowest. Reading an integer from bytes is what is unsafe about it; the bounds are checked.
    @inline(__always)
    private static func load(at index: Int, in bytes: Span<UInt8>) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    @inline(__always)
    private static func marks(_ word: UInt64, below limit: UInt64) -> UInt64 {
        word &- ones &* limit
    }

    @inline(__always)
    private static func marks(_ word: UInt64, equal byte: UInt64) -> UInt64 {
        (word ^ ones &* byte) &- ones
    }
}
