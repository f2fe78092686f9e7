/// A value's head, and of a scalar all of it. Ranges lie in the bytes that were read.
package enum MessagePackToken: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// 0 and above, to 2^64 - 1.
    case unsigned(UInt64)
    /// Below 0.
    case negative(Int64)
    /// Of 32 or 64 bits.
    case float(Double)
    /// Valid UTF-8.
    case string(Range<Int>)
    case binary(Range<Int>)
    /// So many values follow.
    case array(Int)
    /// So many names, each with its value, follow.
    case map(Int)
    /// `isFixed` for the five forms whose length is in the first byte: older peers tell a date from a buffer by it (protocol.md 5.1).
    case ext(type: Int8, data: Range<Int>, isFixed: Bool)
}
