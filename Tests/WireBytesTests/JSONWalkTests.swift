import Testing
import WireBytes

@Suite("JSON walkers")
struct JSONWalkTests {
    private func elements(_ text: String) -> [String]? {
        let bytes = Array(text.utf8)
        guard var walker = JSONElements(array: 0..<bytes.count, in: bytes.span) else { return nil }
        var found: [String] = []
        while let range = walker.next(in: bytes.span) {
            found.append(String(decoding: bytes[range], as: UTF8.self))
        }
        return found
    }

    private func members(_ text: String) -> [[String]]? {
        let bytes = Array(text.utf8)
        guard var walker = JSONMembers(object: 0..<bytes.count, in: bytes.span) else { return nil }
        var found: [[String]] = []
        while let member = walker.next(in: bytes.span) {
            found.append([String(decoding: bytes[member.key], as: UTF8.self), String(decoding: bytes[member.value], as: UTF8.self)])
        }
        return found
    }

    @Test(
        "elements come in order, without the white space around them",
        arguments: [
            ("[]", []), ("[ \n]", []), ("[1]", ["1"]), ("[ 1 , \"a\" ]", ["1", "\"a\""]),
            ("[[1,2],{\"a\":[3]},null]", ["[1,2]", "{\"a\":[3]}", "null"]),
            ("[\"]\",\"\\\"]\",\"[\"]", ["\"]\"", "\"\\\"]\"", "\"[\""]), ("[-1.5e+3\n,true]", ["-1.5e+3", "true"]),
            ("[\"a\\\\\",\"b\"]", ["\"a\\\\\"", "\"b\""]),
            ("[{\"]\":\"}\"},[ ]]", ["{\"]\":\"}\"}", "[ ]"]), ("[\"é,日\",\"😀\"]", ["\"é,日\"", "\"😀\""]),
        ] as [(String, [String])])
    func walksElements(text: String, expected: [String]) {
        #expect(elements(text) == expected)
    }

    @Test(
        "members come in order, repeated names too, the quotes included",
        arguments: [
            ("{}", []), ("{ }", []), ("{\"a\":1}", [["\"a\"", "1"]]),
            ("{ \"a\" : 1 , \"a\" : [2] }", [["\"a\"", "1"], ["\"a\"", "[2]"]]),
            ("{\"}\":\"{\",\":\":\",\"}", [["\"}\"", "\"{\""], ["\":\"", "\",\""]]),
            ("{\"a\":{\"b\":{}},\"c\":null}", [["\"a\"", "{\"b\":{}}"], ["\"c\"", "null"]]),
            ("{\"\\\"\":\"\\\\\"}", [["\"\\\"\"", "\"\\\\\""]]), ("{\"\":\n-0\n}", [["\"\"", "-0"]]),
        ] as [(String, [[String]])])
    func walksMembers(text: String, expected: [[String]]) {
        #expect(members(text) == expected)
    }

    @Test(
        "what is not an array or not an object has no walker",
        arguments: ["", "1", "\"[]\"", "null", "[", "]", "{", "}", "[1", " []", "[] ", "[}", "{]", "(1)"])
    func noWalker(text: String) {
        #expect(elements(text) == nil)
        #expect(members(text) == nil)
    }

    @Test("an array has no members and an object no elements")
    func otherKind() {
        #expect(members("[1]") == nil)
        #expect(elements("{\"a\":1}") == nil)
    }

    @Test("a walk of text that no scanner has seen ends where a comma or a colon is missing")
    func endsEarly() {
        #expect(elements("[1 2]") == ["1"])
        #expect(elements("[1:2]") == ["1"])
        #expect(elements("[,1]") == [])
        #expect(elements("[1,]") == ["1"])
        #expect(elements("[\"a]") == [])
        #expect(elements("[[1]") == [])
        #expect(members("{\"a\":1 \"b\":2}") == [["\"a\"", "1"]])
        #expect(members("{\"a\" 1}") == [])
        #expect(members("{a:1}") == [])
        #expect(members("{\"a\":}") == [])
    }

    @Test("a range outside the bytes has no walker", arguments: [0..<100, -1..<3, 3..<100, 50..<60, Int.min..<3, 0..<Int.max])
    func outside(range: Range<Int>) {
        let bytes = Array("[1]".utf8)
        #expect(JSONElements(array: range, in: bytes.span) == nil)
        #expect(JSONMembers(object: range, in: bytes.span) == nil)
    }

    @Test("a range in the middle of the bytes is walked within its bounds")
    func inner() {
        let bytes = Array("[[1,2],3]".utf8)
        var walker = JSONElements(array: 1..<6, in: bytes.span)
        var found: [Range<Int>?] = []
        for _ in 0..<4 {
            found.append(walker?.next(in: bytes.span))
        }
        #expect(found == [2..<3, 4..<5, nil, nil])
    }

    @Test("walking text that no scanner has seen ends, and stays inside", arguments: 300..<308 as Range<UInt64>)
    func garbage(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        for round in 0..<500 {
            let inside = random.mutated(random.text())
            let array = Array("[".utf8) + inside + Array("]".utf8)
            let object = Array("{".utf8) + inside + Array("}".utf8)
            // Every other time the bytes are not those that the walker began with.
            let cut = round.isMultiple(of: 2) ? array.count : array.count / 2
            var elements = JSONElements(array: 0..<array.count, in: array.span)
            var end = 0
            let shorterArray = Array(array[..<cut])
            while let range = elements?.next(in: shorterArray.span) {
                #expect(range.lowerBound >= end && !range.isEmpty && range.upperBound <= cut)
                end = range.upperBound
            }
            var members = JSONMembers(object: 0..<object.count, in: object.span)
            end = 0
            let shorterObject = Array(object[..<cut])
            while let member = members?.next(in: shorterObject.span) {
                #expect(member.key.lowerBound >= end && member.key.upperBound <= member.value.lowerBound && member.value.upperBound <= cut)
                end = member.value.upperBound
                _ = JSONText.decodeString(member.key, in: shorterObject.span)
            }
        }
    }

    @Test("a walker that began with other bytes ends at once when there are none")
    func empty() {
        let bytes = Array("[1,2]".utf8)
        var walker = JSONElements(array: 0..<5, in: bytes.span)
        let none: [UInt8] = []
        let first = walker?.next(in: none.span)
        #expect(first == nil)
    }
}
