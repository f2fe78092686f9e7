/// A JSON reader by another method than the scanner's: the whole text to UTF-8 by the standard library, then recursive descent; numbers by
/// splitting at their signs, strings by way of UTF-16. Slow and short.
struct PlainJSON {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0
    private var description: [UInt8] = []

    private init(_ bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Where the one value in `bytes` lies and what it is, in the form of `JSONDescription`; nil if they have to be refused.
    static func read(_ bytes: [UInt8], maximumDepth: Int) -> (range: Range<Int>, description: [UInt8])? {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var reader = PlainJSON(bytes, maximumDepth: maximumDepth)
        reader.skipBlanks()
        let start = reader.position
        guard reader.value(depth: 0) else { return nil }
        let end = reader.position
        reader.skipBlanks()
        return reader.position == bytes.count ? (start..<end, reader.description) : nil
    }

    private mutating func skipBlanks() {
        while self.position < self.bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(self.bytes[self.position]) { self.position += 1 }
    }

    private mutating func take(_ expected: Unicode.Scalar) -> Bool {
        self.skipBlanks()
        guard self.position < self.bytes.count, UInt32(self.bytes[self.position]) == expected.value else { return false }
        self.position += 1
        return true
    }

    private mutating func value(depth: Int) -> Bool {
        if self.take("[") { return depth < self.maximumDepth && self.array(depth: depth + 1) }
        if self.take("{") { return depth < self.maximumDepth && self.object(depth: depth + 1) }
        if self.take("\"") { return self.string() }
        return self.word()
    }

    private mutating func array(depth: Int) -> Bool {
        JSONDescription.open("[", in: &self.description)
        if !self.take("]") {
            repeat {
                guard self.value(depth: depth) else { return false }
            } while self.take(",")
            guard self.take("]") else { return false }
        }
        JSONDescription.close(in: &self.description)
        return true
    }

    private mutating func object(depth: Int) -> Bool {
        JSONDescription.open("{", in: &self.description)
        if !self.take("}") {
            repeat {
                guard self.take("\""), self.string(), self.take(":"), self.value(depth: depth) else { return false }
            } while self.take(",")
            guard self.take("}") else { return false }
        }
        JSONDescription.close(in: &self.description)
        return true
    }

    /// Behind the opening quote. The standard library says whether surrogates are paired.
    private mutating func string() -> Bool {
        let limit = self.bytes.count
        var units: [UInt16] = []
        var plain = self.position
        while self.position < limit {
            let byte = self.bytes[self.position]
            guard byte >= 0x20 else { return false }
            guard byte == 0x22 || byte == 0x5C else {
                self.position += 1
                continue
            }
            units += String(decoding: self.bytes[plain..<self.position], as: UTF8.self).utf16
            self.position += 1
            if byte == 0x22 {
                guard let text = String(validating: units, as: UTF16.self) else { return false }
                JSONDescription.string(Array(text.utf8), in: &self.description)
                return true
            }
            guard let unit = self.escape() else { return false }
            units.append(unit)
            plain = self.position
        }
        return false
    }

    private mutating func escape() -> UInt16? {
        guard self.position < self.bytes.count else { return nil }
        let letter = Unicode.Scalar(self.bytes[self.position])
        self.position += 1
        switch letter {
        case "\"", "\\", "/": return UInt16(letter.value)
        case "b": return 8
        case "t": return 9
        case "n": return 10
        case "f": return 12
        case "r": return 13
        case "u":
            guard self.position + 4 <= self.bytes.count else { return nil }
            let digits = self.bytes[self.position..<self.position + 4]
            self.position += 4
            // The initialiser would take a sign.
            guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
            return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        default: return nil
        }
    }

    private mutating func word() -> Bool {
        self.skipBlanks()
        let start = self.position
        while self.position < self.bytes.count, ![0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x5D, 0x7D].contains(self.bytes[self.position]) {
            self.position += 1
        }
        let word = self.bytes[start..<self.position]
        guard ["true", "false", "null"].contains(where: { word.elementsEqual($0.utf8) }) || Self.isNumber(word) else { return false }
        JSONDescription.word(word, in: &self.description)
        return true
    }

    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        func isDigits(_ text: ArraySlice<UInt8>) -> Bool { !text.isEmpty && text.allSatisfy { (0x30...0x39).contains($0) } }
        let unsigned = word.first == 0x2D ? word.dropFirst() : word
        let halves = unsigned.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == 0x65 || $0 == 0x45 }
        if halves.count == 2 {
            let exponent = halves[1]
            guard isDigits(exponent.first == 0x2B || exponent.first == 0x2D ? exponent.dropFirst() : exponent) else { return false }
        }
        let parts = halves[0].split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, !isDigits(parts[1]) { return false }
        return isDigits(parts[0]) && (parts[0].count == 1 || parts[0].first != 0x30)
    }
}
