import RESP
import TestSupport

/// Replies that a generator makes up, cuts and damages.
struct RandomRESP {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        self.generator = SeededGenerator(seed: seed)
    }

    mutating func replies() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0...self.below(3) { self.append(depth: 0, to: &bytes) }
        return bytes
    }

    mutating func limits() -> RESPLimits {
        RESPLimits(
            maximumByteCount: self.pick([0, 5, 20, 60, 200, 1 << 20]), maximumDepth: self.pick([0, 1, 2, 3, 8]),
            maximumElements: self.pick([0, 1, 3, 10, 1_000]))
    }

    /// The same bytes in one to ten pieces, or one by one.
    mutating func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        guard self.below(4) > 0 else { return bytes.map { [$0] } }
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 1 + self.below(bytes.count))
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        return pieces
    }

    /// One to three bytes changed, put in, doubled or taken out.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...self.below(3) where !bytes.isEmpty {
            let index = self.below(bytes.count)
            let byte =
                self.below(4) == 0
                ? UInt8.random(in: 0...255, using: &self.generator) : self.pick(Array("+-:$*_#,(!=%~>|;0123459\r\ntfn.e".utf8))
            switch self.below(5) {
            case 0: bytes[index] = byte
            case 1: bytes.insert(byte, at: index)
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(contentsOf: Array(repeating: bytes[index], count: 1 + self.below(30)), at: index)
            default: bytes.removeSubrange(index...)
            }
        }
        return bytes
    }

    private mutating func append(depth: Int, to bytes: inout [UInt8]) {
        if self.below(8) == 0, depth < 6 {
            let count = self.below(3)
            bytes += Array("|\(count)\r\n".utf8)
            for _ in 0..<(2 * count) { self.append(depth: depth + 1, to: &bytes) }
        }
        switch self.below(depth < 6 ? 18 : 13) {
        case 0: bytes += Array("+\(self.word())\r\n".utf8)
        case 1: bytes += Array("-ERR \(self.word())\r\n".utf8)
        case 2: bytes += Array(":\(Int64(truncatingIfNeeded: self.generator.next() >> UInt64(self.below(64))))\r\n".utf8)
        case 3: bytes += Array("_\r\n".utf8)
        case 4: bytes += Array(self.pick(["#t\r\n", "#f\r\n"]).utf8)
        case 5:
            bytes += Array(self.pick([",inf\r\n", ",-inf\r\n", ",1e5\r\n", ",-1.25E-3\r\n", ",0\r\n", ",\(self.below(1_000)).5\r\n"]).utf8)
        case 6: bytes += Array("(\(self.pick(["", "-", "+"]))\(self.generator.next())\(self.generator.next())\r\n".utf8)
        case 7: bytes += Array(self.pick(["$-1\r\n", "*-1\r\n"]).utf8)
        case 8: self.appendString("!", "", to: &bytes)
        case 9: self.appendString("=", "txt:", to: &bytes)
        case 10...12: self.appendString("$", "", to: &bytes)
        case 13: self.appendContainer("*", 1, depth: depth, to: &bytes)
        case 14: self.appendContainer("~", 1, depth: depth, to: &bytes)
        case 15: self.appendContainer("%", 2, depth: depth, to: &bytes)
        default: self.appendContainer(depth == 0 ? ">" : "*", 1, depth: depth, to: &bytes)
        }
    }

    private mutating func appendString(_ type: String, _ prefix: String, to bytes: inout [UInt8]) {
        let text = Array(prefix.utf8) + (0..<self.below(12)).map { _ in self.pick([13, 10, 36, 42, 97, 0, 255]) }
        bytes += Array("\(type)\(text.count)\r\n".utf8) + text + [13, 10]
    }

    private mutating func appendContainer(_ type: String, _ each: Int, depth: Int, to bytes: inout [UInt8]) {
        let count = self.below(4)
        bytes += Array("\(type)\(count)\r\n".utf8)
        for _ in 0..<(count * each) { self.append(depth: depth + 1, to: &bytes) }
    }

    private mutating func word() -> String {
        self.pick(["", "OK", "a b", "$5", "*", "é"])
    }

    private mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<max(bound, 1), using: &self.generator)
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[self.below(choices.count)]
    }
}
