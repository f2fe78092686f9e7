/// The key that a client masks one frame with (RFC 6455 5.3), turned so that its lowest byte is for the next payload byte.
struct MaskingKey {
    private var word: UInt32 = 0

    /// Takes the key's bytes in the order of the wire; after four of them the key is complete, whatever it was before.
    mutating func shiftIn(_ byte: UInt8) {
        word = word >> 8 | UInt32(byte) << 24
    }

    /// Appends `masked`, unmasked, to `bytes`, and turns the key, so that a payload may come in pieces.
    mutating func unmask(_ masked: Span<UInt8>, appendingTo bytes: inout [UInt8]) {
        let count = masked.count
        // Safe: the elements are bytes, so there is no padding to see or to overwrite.
        let source = unsafe masked.bytes
        let pattern = UInt64(word) << 32 | UInt64(word)
        bytes.append(addingCapacity: count) { output in
            output.append(repeating: 0, count: count)
            var target = output.mutableSpan
            var words = unsafe target.mutableBytes
            var offset = 0
            while count - offset >= 8 {
                // The load is checked against the span's bounds, and every bit pattern is a UInt64.
                let step = unsafe source.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
                words.storeBytes(of: step ^ pattern.littleEndian, toByteOffset: offset, as: UInt64.self)
                offset += 8
            }
            var rest = pattern
            while offset < count {
                words.storeBytes(of: masked[offset] ^ UInt8(truncatingIfNeeded: rest), toByteOffset: offset, as: UInt8.self)
                rest >>= 8
                offset += 1
            }
        }
        let turned = UInt32(truncatingIfNeeded: count & 3) * 8
        word = word >> turned | word << (32 - turned)
    }
}
