package import WireBytes

/// Which channels a rule or a key is about (contract 8): `*` is one or more bytes but `.`, `**` one or more bytes, anything else itself.
/// So `a.**` does not match `a`, and a star in a channel's name can be matched only by a wildcard. Bytes throughout: no case folding, no
/// normalisation. A value; matched on any loop, without an allocation.
package struct ChannelPattern: Equatable, Sendable {
    /// A text that is no pattern.
    package enum Fault: Error, Equatable, Sendable {
        /// A pattern that breaks the rule of channel names could not match any.
        case name(NameFault)
        /// `***`: nothing says how it would differ from `**`, so it is a slip.
        case threeStars

        /// One sentence or two for the person who wrote it.
        package var message: String {
            switch self {
            case .name(let fault): "A pattern keeps to the rule of channel names. \(fault.message)"
            case .threeStars: "There is no ***: write * for one or more bytes but a dot, or ** for one or more bytes."
            }
        }
    }

    /// Takes one byte, or one and then more of its kind.
    private enum Token: Equatable {
        case byte(UInt8)
        /// `*`
        case segment
        /// `**`
        case anything
    }

    private let tokens: [Token]

    /// - Parameter text: as it was written, UTF-8, at most `NameRule.maximumByteCount` bytes.
    package init(compiling text: Span<UInt8>) throws(Fault) {
        if let fault = NameRule.checkChannel(text) { throw .name(fault) }
        var tokens: [Token] = []
        tokens.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            guard text[index] == Self.star else {
                tokens.append(.byte(text[index]))
                index += 1
                continue
            }
            var end = index
            while end < text.count, text[end] == Self.star { end += 1 }
            guard end - index <= 2 else { throw .threeStars }
            tokens.append(end - index == 1 ? .segment : .anything)
            index = end
        }
        self.tokens = tokens
    }

    /// As it was written.
    package var text: [UInt8] {
        self.tokens.flatMap { token -> [UInt8] in
            switch token {
            case .byte(let byte): [byte]
            case .segment: [Self.star]
            case .anything: [Self.star, Self.star]
            }
        }
    }

    private static let star = UInt8(ascii: "*")

    /// Whether all of `name` is what the pattern says. Follows all readings at once, so that it never goes back: the steps are at most the
    /// bytes of the name times those of the pattern, whatever they are.
    package func matches(_ name: Span<UInt8>) -> Bool {
        var steps = 0
        return self.follow(name, &steps)
    }

    /// - Parameter steps: what it cost is added: tokens that a byte was held against. For the tests.
    @inline(__always)
    func follow(_ name: Span<UInt8>, _ steps: inout Int) -> Bool {
        // Each token takes a byte at least.
        guard name.count >= self.tokens.count else { return false }
        var positions = Positions()
        positions.insert(0)
        for index in name.indices {
            let byte = name[index]
            var next = Positions()
            for word in 0..<Positions.words {
                var bits = positions.bits[word]
                while bits != 0 {
                    let position = word &* 64 &+ bits.trailingZeroBitCount
                    bits &= bits &- 1
                    guard position < self.tokens.count else { continue }
                    steps &+= 1
                    switch self.tokens[position] {
                    case .byte(byte):
                        next.insert(position &+ 1)
                    case .segment where byte != UInt8(ascii: "."), .anything:
                        next.insert(position)
                        next.insert(position &+ 1)
                    case .byte, .segment:
                        break
                    }
                }
            }
            if next.isEmpty { return false }
            positions = next
        }
        return positions.contains(self.tokens.count)
    }

    /// Numbers of tokens that may come next: 0 to `NameRule.maximumByteCount`, which is the end of the longest pattern.
    private struct Positions {
        static let words = 4
        var bits = InlineArray<4, UInt64>(repeating: 0)

        mutating func insert(_ position: Int) {
            self.bits[position &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: position & 63)
        }

        func contains(_ position: Int) -> Bool {
            self.bits[position &>> 6] & (1 &<< UInt64(truncatingIfNeeded: position & 63)) != 0
        }

        var isEmpty: Bool {
            self.bits[0] | self.bits[1] | self.bits[2] | self.bits[3] == 0
        }
    }
}
