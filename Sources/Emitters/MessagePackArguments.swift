import WireBytes

/// Turns MessagePack values, one after the other, into a JSON array and attachments.
///
/// Integers are exact over all of MessagePack's range; floats are written as JavaScript does. Open arrays and maps are on a list of its
/// own, so nesting is bounded and nothing recurses.
package struct MessagePackArguments {
    private let limits: EmitterLimits
    /// The array without its closing bracket.
    private var output: [UInt8] = [UInt8(ascii: "[")]
    private var attachmentByteCount = 0
    private var count = 0
    private var attachments: [[UInt8]] = []
    private var open: [Open] = []
    /// Whether the publisher has a member `_placeholder` of its own, which a client would take for an attachment's place.
    private var hasOwnPlaceholder = false

    /// An array or map whose values are still to come.
    private struct Open {
        let isMap: Bool
        var missing: Int
        var isFirst = true
        /// Where the member begins whose value comes next, its comma included.
        var memberStart = 0
    }

    /// Nothing yet.
    package init(limits: EmitterLimits) {
        self.limits = limits
    }

    /// Takes the next value from the reader as one more argument.
    package mutating func append(_ reader: inout MessagePackReader, in bytes: Span<UInt8>) throws(EmitterFault) {
        if self.count > 0 { self.output.append(UInt8(ascii: ",")) }
        self.count += 1
        repeat {
            try self.beginValue(&reader, bytes)
            if try self.take(try reader.token(in: bytes), bytes) {
                self.endValue()
            }
            guard self.output.count + self.attachmentByteCount < self.limits.maximumPayloadByteCount else { throw .tooLarge }
        } while !self.open.isEmpty
    }

    /// To be called behind the last argument.
    package consuming func finish() throws(EmitterFault) -> (json: [UInt8], count: Int, attachments: [[UInt8]]) {
        guard self.attachments.isEmpty || !self.hasOwnPlaceholder else { throw .badAttachments }
        self.output.append(UInt8(ascii: "]"))
        return (self.output, self.count, self.attachments)
    }

    // MARK: The way through a value

    /// Writes what stands between the last value and the next one: a comma, and in a map the member's name.
    private mutating func beginValue(_ reader: inout MessagePackReader, _ bytes: Span<UInt8>) throws(EmitterFault) {
        guard let level = self.open.indices.last else { return }
        self.open[level].memberStart = self.output.count
        if !self.open[level].isFirst { self.output.append(UInt8(ascii: ",")) }
        self.open[level].isFirst = false
        guard self.open[level].isMap else { return }
        switch try reader.token(in: bytes) {
        case .string(let name):
            let name = bytes.extracting(name)
            if ASCII.equals(name, "_placeholder") { self.hasOwnPlaceholder = true }
            JSONText.appendQuoted(name, to: &self.output)
        case .unsigned(let number):
            Output.append("\"", to: &self.output)
            self.output.append(contentsOf: String(number).utf8)
            Output.append("\"", to: &self.output)
        case .negative(let number):
            Output.append("\"", to: &self.output)
            self.output.append(contentsOf: String(number).utf8)
            Output.append("\"", to: &self.output)
        default:
            throw .messagePack(.badKey)
        }
        self.output.append(UInt8(ascii: ":"))
    }

    /// Writes a value, of a container with something in it only the bracket. True if the value is whole.
    private mutating func take(_ token: MessagePackToken, _ bytes: Span<UInt8>) throws(EmitterFault) -> Bool {
        switch token {
        case .null: Output.append("null", to: &self.output)
        case .boolean(true): Output.append("true", to: &self.output)
        case .boolean(false): Output.append("false", to: &self.output)
        case .unsigned(let number): self.output.append(contentsOf: String(number).utf8)
        case .negative(let number): self.output.append(contentsOf: String(number).utf8)
        case .float(let number): NumberText.append(number, to: &self.output)
        case .string(let text): JSONText.appendQuoted(bytes.extracting(text), to: &self.output)
        case .binary(let data): try self.attach(data, bytes)
        case .array(let count): return try self.enter(isMap: false, count: count)
        case .map(let count): return try self.enter(isMap: true, count: count)
        case .ext(let type, let data, let isFixed): try self.take(type: type, data, isFixed: isFixed, bytes)
        }
        return true
    }

    private mutating func enter(isMap: Bool, count: Int) throws(EmitterFault) -> Bool {
        guard self.open.count < self.limits.maximumDepth else { throw .messagePack(.tooDeep) }
        self.output.append(isMap ? UInt8(ascii: "{") : UInt8(ascii: "["))
        guard count > 0 else {
            self.output.append(isMap ? UInt8(ascii: "}") : UInt8(ascii: "]"))
            return true
        }
        self.open.append(Open(isMap: isMap, missing: count))
        return false
    }

    /// Closes what the whole value was the last of.
    private mutating func endValue() {
        while let level = self.open.indices.last {
            self.open[level].missing -= 1
            guard self.open[level].missing == 0 else { return }
            self.output.append(self.open[level].isMap ? UInt8(ascii: "}") : UInt8(ascii: "]"))
            self.open.removeLast()
        }
    }

    // MARK: What JSON does not have

    private mutating func attach(_ data: Range<Int>, _ bytes: Span<UInt8>) throws(EmitterFault) {
        guard self.attachments.count < EmitterLimits.maximumAttachments else { throw .tooManyAttachments }
        // The placeholder is an object.
        guard self.open.count < self.limits.maximumDepth else { throw .messagePack(.tooDeep) }
        Output.append("{\"_placeholder\":true,\"num\":", to: &self.output)
        ASCII.appendDecimal(self.attachments.count, to: &self.output)
        self.output.append(UInt8(ascii: "}"))
        self.attachmentByteCount += data.count
        guard self.attachmentByteCount <= self.limits.maximumPayloadByteCount else { throw .tooLarge }
        var copy: [UInt8] = []
        Output.append(bytes.extracting(data), to: &copy)
        self.attachments.append(copy)
    }

    /// The extensions that publishers write (protocol.md 5.1): -1 timestamp; 0 a date, a buffer or JavaScript's `undefined`, told apart by
    /// their form; 1 a big integer in decimal.
    private mutating func take(type: Int8, _ data: Range<Int>, isFixed: Bool, _ bytes: Span<UInt8>) throws(EmitterFault) {
        switch (type, isFixed, data.count) {
        case (-1, _, _):
            try self.appendTimestamp(bytes.extracting(data))
        case (0, true, 1):
            self.appendUndefined()
        case (0, true, 8):
            DateText.append(milliseconds: Int64(bitPattern: Self.word(bytes.extracting(data))), to: &self.output)
        case (0, false, _):
            try self.attach(data, bytes)
        case (1, _, _):
            let digits = bytes.extracting(data)
            let start = digits.count > 0 && digits[0] == UInt8(ascii: "-") ? 1 : 0
            guard (try? JSONScanner.scan(digits, maximumDepth: 0)) == 0..<digits.count, start < digits.count else {
                throw .messagePack(.badExtension)
            }
            for index in start..<digits.count {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digits[index]) else { throw .messagePack(.badExtension) }
            }
            Output.append(digits, to: &self.output)
        default:
            throw .messagePack(.unknownExtension(type))
        }
    }

    /// `null`, as JavaScript writes it in an array; a member of this value is not written at all.
    private mutating func appendUndefined() {
        guard let level = self.open.indices.last, self.open[level].isMap else { return Output.append("null", to: &self.output) }
        let start = self.open[level].memberStart
        let isFirst = self.output[start] != UInt8(ascii: ",")
        self.output.removeLast(self.output.count - start)
        self.open[level].isFirst = isFirst
    }

    /// Seconds in 32 bits; nanoseconds in 30 and seconds in 34; or nanoseconds in 32 and signed seconds in 64.
    private mutating func appendTimestamp(_ data: Span<UInt8>) throws(EmitterFault) {
        let seconds: Int64
        let nanoseconds: UInt64
        switch data.count {
        case 4:
            seconds = Int64(Self.word(data))
            nanoseconds = 0
        case 8:
            let word = Self.word(data)
            seconds = Int64(word & 0x3_FFFF_FFFF)
            nanoseconds = word &>> 34
        case 12:
            seconds = Int64(bitPattern: Self.word(data.extracting(4..<12)))
            nanoseconds = Self.word(data.extracting(0..<4))
        default:
            throw .messagePack(.badExtension)
        }
        guard nanoseconds <= 999_999_999 else { throw .messagePack(.badExtension) }
        // What overflows is a date that JavaScript does not have.
        let (milliseconds, overflows) = seconds.multipliedReportingOverflow(by: 1_000)
        let (sum, overflowsAgain) = milliseconds.addingReportingOverflow(Int64(nanoseconds / 1_000_000))
        DateText.append(milliseconds: overflows || overflowsAgain ? .max : sum, to: &self.output)
    }

    /// At most eight bytes, the most significant first.
    private static func word(_ data: Span<UInt8>) -> UInt64 {
        var word: UInt64 = 0
        for index in data.indices {
            word = word &<< 8 | UInt64(data[index])
        }
        return word
    }
}
