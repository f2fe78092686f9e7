/// Checks UTF-8 that arrives in pieces (a fragmented WebSocket text message, a body in chunks): RFC 3629, so no overlong forms, no
/// surrogates, nothing past U+10FFFF. Fails at the earliest byte that cannot be right, not at the end of the sequence.
package struct UTF8Validator: Sendable {
    private enum State {
        case boundary
        /// The lead byte has been seen, nothing else of its sequence.
        case lead(UInt8)
        /// So many continuation bytes are still to come.
        case continuation(Int)
        case failed
    }

    private var state: State = .boundary

    /// A validator before the first byte of a text.
    package init() {}

    /// Takes the next piece, which may end in the middle of a character and may be empty. False as soon as the text so far cannot be the
    /// beginning of valid UTF-8, and for ever after.
    package mutating func consume(_ bytes: Span<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            if case .boundary = state {
                index = Self.endOfWholeSequences(from: index, in: bytes)
                guard index < bytes.count else { return true }
            }
            state = Self.state(after: state, byte: bytes[index])
            if case .failed = state {
                return false
            }
            index &+= 1
        }
        if case .failed = state {
            return false
        }
        return true
    }

    /// Whether the text so far is valid as a whole: neither inside a character nor refused.
    package var isAtBoundary: Bool {
        if case .boundary = state { true } else { false }
    }

    /// Whether `bytes` as a whole are valid UTF-8. Empty bytes are.
    package static func isValid(_ bytes: Span<UInt8>) -> Bool {
        endOfWholeSequences(from: 0, in: bytes) == bytes.count
    }

    /// First offset at or after `start` at which no valid sequence lies whole in `bytes`; the count if there is none.
    private static func endOfWholeSequences(from start: Int, in bytes: Span<UInt8>) -> Int {
        var index = start
        while true {
            index = ByteWord.endOfASCII(from: index, in: bytes)
            while index < bytes.count, bytes[index] >= 0x80 {
                let length = UTF8Sequence.length(at: index, in: bytes)
                guard length > 0 else { return index }
                index &+= length
            }
            guard index < bytes.count else { return index }
        }
    }

    private static func state(after state: State, byte: UInt8) -> State {
        switch state {
        case .boundary:
            switch byte {
            case 0x00...0x7F: .boundary
            case 0xC2...0xF4: .lead(byte)
            default: .failed
            }
        case .lead(let lead):
            if !UTF8Sequence.accepts(second: byte, after: lead) {
                .failed
            } else if lead < 0xE0 {
                .boundary
            } else {
                .continuation(lead < 0xF0 ? 1 : 2)
            }
        case .continuation(let left):
            if !UTF8Sequence.isContinuation(byte) {
                .failed
            } else {
                left > 1 ? .continuation(left &- 1) : .boundary
            }
        case .failed:
            .failed
        }
    }
}
