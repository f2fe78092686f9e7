import Testing
import WireBytes

@Suite("JSON depth and size")
struct JSONDepthTests {
    @Test("64 levels are accepted, the 65th is refused where it opens", arguments: ["[", "{\"a\":"])
    func bounds(open: String) {
        let close = open == "[" ? "]" : "}"
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth - 1) + (open == "[" ? "[]" : "{}") + String(repeating: close, count: depth - 1)
        }
        #expect(Bytes.scan(nested(64)) == .success(0..<nested(64).utf8.count))
        #expect(Bytes.scan(nested(65)) == Bytes.fault(64 * open.utf8.count, .tooDeep(maximum: 64)))
    }

    @Test("the bound is the caller's, from scalars only up to the deepest that fits")
    func otherBounds() {
        #expect(Bytes.scan("1", maximumDepth: 0) == .success(0..<1))
        #expect(Bytes.scan("[]", maximumDepth: 0) == Bytes.fault(0, .tooDeep(maximum: 0)))
        #expect(Bytes.scan("[]", maximumDepth: -5) == Bytes.fault(0, .tooDeep(maximum: 0)))
        #expect(Bytes.scan("[[]]", maximumDepth: 1) == Bytes.fault(1, .tooDeep(maximum: 1)))
        let deepest = JSONScanner.deepestNesting
        for (depth, maximum) in [(65, 65), (128, 200), (deepest, deepest), (deepest, Int.max)] {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect(Bytes.scan(text, maximumDepth: maximum) == .success(0..<2 * depth))
        }
        let text = String(repeating: "[", count: deepest + 1) + String(repeating: "]", count: deepest + 1)
        #expect(Bytes.scan(text, maximumDepth: Int.max) == Bytes.fault(deepest, .tooDeep(maximum: deepest)))
    }

    @Test("levels past the 64th are told apart too")
    func deepKinds() {
        let levels = 300
        let open = (0..<levels).map { $0 % 3 == 0 ? "{\"a\":" : "[" }.joined()
        let close = (0..<levels).reversed().map { $0 % 3 == 0 ? "}" : "]" }
        let text = open + "0" + close.joined()
        #expect(Bytes.scan(text, maximumDepth: levels) == .success(0..<text.utf8.count))
        for level in 0..<levels {
            var wrong = close
            wrong[level] = wrong[level] == "}" ? "]" : "}"
            guard case .failure(let fault) = Bytes.scan(open + "0" + wrong.joined(), maximumDepth: levels) else {
                Issue.record("accepted the wrong close at \(level)")
                continue
            }
            #expect(fault.offset == open.utf8.count + 1 + level)
        }
    }

    @Test("each level remembers whether it is an array or an object, also when it is entered again")
    func mixedLevels() {
        var open = ""
        var close = ""
        for level in 0..<64 {
            let isObject = level % 3 == 0
            open += isObject ? "{\"a\":[],\"b\":{},\"c\":" : "[{\"x\":1},[2],"
            close = (isObject ? "}" : "]") + close
        }
        // The siblings are one level deeper than their parent, so the last parent may not have any.
        let text = open + "0" + close
        #expect(Bytes.scan(text, maximumDepth: 65) == .success(0..<text.utf8.count))
        let wrong = open + "0" + close.replacing("]", with: "}", maxReplacements: 1)
        #expect(!Bytes.isAccepted(Array(wrong.utf8)))
    }

    @Test("a million brackets are refused at the 65th, whatever they are", arguments: ["[", "{\"a\":", "[{\"a\":", "[[],"])
    func million(open: String) {
        let text = [UInt8](Array(repeating: Array(open.utf8), count: 1_000_000).joined())
        guard case .failure(let fault) = Bytes.scan(text) else {
            Issue.record("accepted")
            return
        }
        #expect(fault.reason == .tooDeep(maximum: 64))
        #expect(fault.offset <= 64 * open.utf8.count)
    }

    @Test("a million closing brackets are refused at the first")
    func millionClosed() {
        #expect(Bytes.scan([UInt8](repeating: UInt8(ascii: "]"), count: 1_000_000)) == Bytes.fault(0, .expectedValue))
    }

    @Test("a walker steps over a million levels that no scanner has seen, without recursion")
    func walkMillion() {
        let half = 500_000
        let text = [UInt8](repeating: UInt8(ascii: "["), count: half) + [UInt8](repeating: UInt8(ascii: "]"), count: half)
        var elements = JSONElements(array: 0..<2 * half, in: text.span)
        let first = elements?.next(in: text.span)
        let second = elements?.next(in: text.span)
        #expect(first == 1..<2 * half - 1)
        #expect(second == nil)
    }

    /// With work that grows with the square of the length these would take hours, not moments.
    @Test(
        "a megabyte of anything is read in one pass",
        arguments: [
            ("", " ", "1"), ("\"", "a", "\""), ("\"", "\\\\", "\""), ("\"", "\\u0041", "\""), ("\"", "é", "\""), ("\"", "😀", "\""),
            ("[0", ",0", "]"),
            ("[[]", ",[]", "]"), ("[{}", ",{\"a\":[1]}", "]"), ("{\"a\":0", ",\"a\":0", "}"), ("", "1", ""), ("[0", " ", "]"),
            ("\"", "\\ud83d\\ude00", "\""),
        ])
    func megabyte(head: String, unit: String, tail: String) {
        let count = 1_000_000 / unit.utf8.count
        let body = Array(repeating: Array(unit.utf8), count: count).joined()
        let text = Array(head.utf8) + body + Array(tail.utf8)
        let start = unit == " " && head.isEmpty ? count : 0
        #expect(Bytes.scan(text) == .success(start..<text.count))
    }

    @Test("walking a wide array looks at each element once: the ranges rise and do not overlap")
    func walkOnce() {
        let text = Array("[0".utf8) + Array(repeating: Array(",[1,\"]\"]".utf8), count: 50_000).joined() + Array("]".utf8)
        var elements = JSONElements(array: 0..<text.count, in: text.span)
        var count = 0
        var end = 1
        var walked = 0
        while let element = elements?.next(in: text.span) {
            #expect(element.lowerBound >= end)
            end = element.upperBound
            walked += element.count
            count += 1
        }
        #expect(count == 50_001)
        #expect(walked + 2 + 50_000 == text.count)
    }
}
