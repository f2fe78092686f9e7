/// Comparisons and decimal numbers over bytes, for header fields and frames. Pure functions, called on any thread.
package enum ASCII {
    /// Whether the bytes of `a` are exactly those of `b`.
    package static func equals(_ a: Span<UInt8>, _ b: StaticString) -> Bool {
        guard a.count == b.utf8CodeUnitCount else { return false }
        return b.withUTF8Buffer { unsafe equals(a, Span(_unsafeElements: $0)) }
    }

    /// Whether the bytes of `a` are exactly those of `b`.
    package static func equals(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        for index in a.indices where a[index] != b[index] {
            return false
        }
        return true
    }

    /// Whether `a` and `b` are equal when A–Z count as a–z; other bytes are compared as they are.
    package static func equalsIgnoringCase(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        for index in a.indices where lowercased(a[index]) != lowercased(b[index]) {
            return false
        }
        return true
    }

    /// Whether `a` and `b` are equal when A–Z count as a–z; other bytes are compared as they are.
    package static func equalsIgnoringCase(_ a: Span<UInt8>, _ b: StaticString) -> Bool {
        guard a.count == b.utf8CodeUnitCount else { return false }
        return b.withUTF8Buffer { unsafe equalsIgnoringCase(a, Span(_unsafeElements: $0)) }
    }

    /// Whether the comma-separated list in a header field's value holds `token` in any case, with blanks (space, tab) around it dropped
    /// (RFC 9110 section 5.6.1). Parameters are part of an element: `gzip;q=0` is not `gzip`.
    package static func listContains(_ token: Span<UInt8>, in value: Span<UInt8>) -> Bool {
        var start = 0
        while start <= value.count {
            var end = start
            while end < value.count, value[end] != UInt8(ascii: ",") {
                end &+= 1
            }
            let element = trimmingBlanks(start..<end, of: value)
            if !element.isEmpty, equalsIgnoringCase(value.extracting(element), token) {
                return true
            }
            start = end &+ 1
        }
        return false
    }

    /// As `listContains(_:in:)` for a token known when the program is written.
    package static func listContains(_ token: StaticString, in value: Span<UInt8>) -> Bool {
        token.withUTF8Buffer { unsafe listContains(Span(_unsafeElements: $0), in: value) }
    }

    /// `range` without the spaces and tabs at its ends; empty if there is nothing else, or if it is out of bounds.
    package static func trimmingBlanks(_ range: Range<Int>, of bytes: Span<UInt8>) -> Range<Int> {
        guard bytes.holds(range) else { return 0..<0 }
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isBlank(bytes[start]) {
            start &+= 1
        }
        while start < end, isBlank(bytes[end &- 1]) {
            end &-= 1
        }
        return start..<end
    }

    /// `byte` with A–Z turned into a–z.
    @inline(__always)
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    /// Value of a hexadecimal digit of either case; nil if it is none.
    @inline(__always)
    package static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }
}
