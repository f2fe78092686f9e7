import RESP

/// RESP read by recursive descent over whole replies, with copies: slow, short, and by another method than the reader's.
struct SlowRESP {
    /// Why reading ends.
    private enum Stop: Error {
        case fault(RESPFault)
        /// The bytes are at their end within a reply.
        case end
    }

    private let bytes: [UInt8]
    private let limits: RESPLimits
    private var position = 0
    /// Where the reply begins.
    private var base = 0
    private var elements = 0

    private init(_ bytes: [UInt8], limits: RESPLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    static func read(_ bytes: [UInt8], limits: RESPLimits) -> Read {
        var reader = SlowRESP(bytes, limits: limits)
        var replies: [Read.Reply] = []
        while true {
            reader.base = reader.position
            reader.elements = 0
            do throws(Stop) {
                let (value, start) = try reader.value(depth: 0)
                var isPush = false
                if case .push = value { isPush = true }
                replies.append(Read.Reply(value: value, range: start..<reader.position, isPush: isPush))
            } catch {
                switch error {
                case .fault(let fault): return Read(replies: replies, fault: fault, rest: 0)
                case .end: return Read(replies: replies, fault: nil, rest: bytes.count - reader.base)
                }
            }
        }
    }

    private mutating func value(depth: Int) throws(Stop) -> (RESPValue, start: Int) {
        let start = self.position
        guard start < self.bytes.count else { throw .end }
        let type = Character(Unicode.Scalar(self.bytes[start]))
        guard "+-:$*_#,(!=%~>|".contains(type) else { throw .fault(.unknownType(self.bytes[start])) }
        let raw = try self.line(isLength: "$*!=%~>|".contains(type))
        let line = String(decoding: raw, as: UTF8.self)
        switch type {
        case "+": return (.simple(raw), start)
        case "-": return (.error(raw), start)
        case ":": return (.integer(try Self.integer(line)), start)
        case "_" where line.isEmpty: return (.null, start)
        case "#" where line == "t" || line == "f": return (.boolean(line == "t"), start)
        case ",": return (.double(try Self.double(line)), start)
        case "(":
            guard Self.isDigits(Self.unsigned(line)) else { throw .fault(.badScalar) }
            return (.bigNumber(raw), start)
        case "_", "#": throw .fault(.badScalar)
        default: break
        }
        if line == "-1", type == "$" || type == "*" { return (.null, start) }
        guard Self.isDigits(line), line.utf8.count <= 19, let count = Int(line) else { throw .fault(.badLength) }
        switch type {
        case "$": return (.bulk(try self.string(count, isVerbatim: false)), start)
        case "!": return (.error(try self.string(count, isVerbatim: false)), start)
        case "=": return (.verbatim(try self.string(count, isVerbatim: true)), start)
        default: break
        }
        let values = try self.values(count, each: type == "%" || type == "|" ? 2 : 1, isPush: type == ">", depth: depth)
        switch type {
        case "|": return try self.value(depth: depth)
        case "~": return (.set(values), start)
        case ">": return (.push(values), start)
        case "%":
            let entries = (0..<count).map { RESPEntry(key: values[2 * $0], value: values[2 * $0 + 1]) }
            return (.map(entries), start)
        default: return (.array(values), start)
        }
    }

    private mutating func values(_ count: Int, each: Int, isPush: Bool, depth: Int) throws(Stop) -> [RESPValue] {
        if isPush, depth > 0 { throw .fault(.nestedPush) }
        let (number, overflows) = count.multipliedReportingOverflow(by: each)
        guard !overflows, number <= self.limits.maximumElements - self.elements else { throw .fault(.tooManyElements) }
        guard depth < self.limits.maximumDepth else { throw .fault(.tooDeep) }
        self.elements += number
        var values: [RESPValue] = []
        for _ in 0..<number { values.append(try self.value(depth: depth + 1).0) }
        return values
    }

    /// What stands behind the type's byte, to the line end.
    private mutating func line(isLength: Bool) throws(Stop) -> [UInt8] {
        var line: [UInt8] = []
        while true {
            let index = self.position + 1 + line.count
            guard index - self.base + 2 <= self.limits.maximumByteCount else { throw .fault(.tooLarge) }
            guard !isLength || line.count <= 20 else { throw .fault(.badLength) }
            guard index < self.bytes.count else { throw .end }
            if self.bytes[index] == 13 {
                guard index + 1 < self.bytes.count else { throw .end }
                guard self.bytes[index + 1] == 10 else { throw .fault(.badLineEnd) }
                self.position = index + 2
                return line
            }
            guard self.bytes[index] != 10 else { throw .fault(.badLineEnd) }
            line.append(self.bytes[index])
        }
    }

    private mutating func string(_ count: Int, isVerbatim: Bool) throws(Stop) -> [UInt8] {
        guard count <= self.limits.maximumByteCount - (self.position - self.base) - 2 else { throw .fault(.tooLarge) }
        guard !isVerbatim || count >= 4 else { throw .fault(.badVerbatim) }
        let rest = self.bytes[self.position...]
        guard rest.count >= count + 2 else { throw .end }
        let text = Array(rest.prefix(count))
        guard rest.dropFirst(count).starts(with: [13, 10]) else { throw .fault(.badStringEnd) }
        guard !isVerbatim || text[3] == UInt8(ascii: ":") else { throw .fault(.badVerbatim) }
        self.position += count + 2
        return text
    }

    private static func integer(_ line: String) throws(Stop) -> Int64 {
        let digits = Self.unsigned(line)
        guard Self.isDigits(digits), digits.utf8.count <= 19, let value = Int64(line) else { throw .fault(.badInteger) }
        return value
    }

    private static func double(_ line: String) throws(Stop) -> Double {
        if ["inf", "+inf"].contains(line) { return .infinity }
        if line == "-inf" { return -.infinity }
        if ["nan", "-nan"].contains(line) { return .nan }
        let halves = Self.unsigned(line).split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        let isSound = halves.count <= 2 && parts.count <= 2 && parts.allSatisfy { Self.isDigits(String($0)) }
        guard line.utf8.count <= 400, isSound, halves.count == 1 || Self.isDigits(Self.unsigned(String(halves[1]))),
            let value = Double(line)
        else { throw .fault(.badScalar) }
        return value
    }

    private static func unsigned(_ text: String) -> String {
        String(text.first == "-" || text.first == "+" ? text.dropFirst() : text[...])
    }

    private static func isDigits(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
