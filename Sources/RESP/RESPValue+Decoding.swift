import WireBytes

extension RESPValue {
    /// - Parameters:
    ///   - range: the `value` of a reply that `RESPReader` found in these bytes.
    ///   - bytes: those it was found in.
    /// - Returns: the tree, without the attributes inside; nil if `range` is not exactly one value, which never happens to such a reply.
    package static func decode(_ range: Range<Int>, of bytes: Span<UInt8>) -> RESPValue? {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
        return try? Self.build(bytes.extracting(range))
    }

    /// A container whose values are being collected; on a list of its own instead of the call stack.
    private struct Open {
        let type: RESPType
        var missing: Int
        var values: [RESPValue] = []

        /// Nil for an attribute, which is no value.
        func finished() -> RESPValue? {
            switch self.type {
            case .map:
                .map(
                    stride(from: 0, to: self.values.count &- 1, by: 2).map { index in
                        RESPEntry(key: self.values[index], value: self.values[index &+ 1])
                    })
            case .set: .set(self.values)
            case .push: .push(self.values)
            case .attribute: nil
            default: .array(self.values)
            }
        }
    }

    private static func build(_ bytes: Span<UInt8>) throws(RESPFault) -> RESPValue? {
        var open: [Open] = []
        var position = 0
        while position < bytes.count {
            guard let type = RESPType(rawValue: bytes[position]), let lineEnd = Self.endOfLine(from: position &+ 1, in: bytes) else {
                return nil
            }
            let line = (position &+ 1)..<lineEnd
            position = lineEnd &+ 2
            var value: RESPValue?
            if type.isString || type.valuesPerElement != nil {
                switch try RESPLine.length(line, of: bytes) {
                case .null: value = .null
                case .count(let count):
                    // A value takes three bytes or more, so a count that could not be is not believed.
                    guard count <= bytes.count &- position, open.count <= RESPLimits.deepestNesting else { return nil }
                    if let valuesPerElement = type.valuesPerElement {
                        let container = Open(type: type, missing: count &* valuesPerElement)
                        if count > 0 {
                            open.append(container)
                            continue
                        }
                        guard let empty = container.finished() else { continue }
                        value = empty
                    } else {
                        let end = position &+ count
                        guard Self.isLineEnd(at: end, in: bytes) else { return nil }
                        value = Self.string(type, Self.copy(position..<end, of: bytes))
                        position = end &+ 2
                    }
                }
            } else {
                value = try Self.scalar(type, line, of: bytes)
            }
            while let finished = value {
                guard var container = open.popLast() else { return position == bytes.count ? finished : nil }
                container.values.append(finished)
                container.missing &-= 1
                guard container.missing == 0 else {
                    open.append(container)
                    break
                }
                value = container.finished()
            }
        }
        return nil
    }

    private static func scalar(_ type: RESPType, _ line: Range<Int>, of bytes: Span<UInt8>) throws(RESPFault) -> RESPValue {
        switch type {
        case .simpleError: .error(Self.copy(line, of: bytes))
        case .integer: .integer(try RESPLine.integer(line, of: bytes))
        case .null: .null
        case .boolean: .boolean(try RESPLine.boolean(line, of: bytes))
        case .double: .double(try RESPLine.double(line, of: bytes))
        case .bigNumber: .bigNumber(Self.copy(line, of: bytes))
        default: .simple(Self.copy(line, of: bytes))
        }
    }

    private static func string(_ type: RESPType, _ text: [UInt8]) -> RESPValue {
        switch type {
        case .bulkError: .error(text)
        case .verbatim: .verbatim(text)
        default: .bulk(text)
        }
    }

    private static func copy(_ range: Range<Int>, of bytes: Span<UInt8>) -> [UInt8] {
        var copy: [UInt8] = []
        Output.append(bytes.extracting(range), to: &copy)
        return copy
    }

    /// Offset of the carriage return of the line; nil if its line feed is not there.
    private static func endOfLine(from start: Int, in bytes: Span<UInt8>) -> Int? {
        var index = start
        while index &+ 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "\r") { return Self.isLineEnd(at: index, in: bytes) ? index : nil }
            index &+= 1
        }
        return nil
    }

    private static func isLineEnd(at index: Int, in bytes: Span<UInt8>) -> Bool {
        bytes.count &- index >= 2 && bytes[index] == UInt8(ascii: "\r") && bytes[index &+ 1] == UInt8(ascii: "\n")
    }
}
