import Testing
import WireBytes

@Suite("JSON writer")
struct JSONWriterTests {
    @Test("commas stand between values and nowhere else")
    func commas() {
        var json = JSONWriter()
        json.object { json in
            json.member("a", 1)
            json.member("empty", arrayOf: [Int]()) { $0.integer($1) }
            json.member("list", arrayOf: [1, -2, Int.min]) { $0.integer($1) }
            json.member("inner") { json in
                json.member("yes", true)
                json.member("no", false)
                json.member("nothing") { _ in }
            }
            json.member("text", text: "a\"\\\u{1}é")
            json.member("none", text: nil as String?)
            json.name("raw")
            json.value(Array("[1,2]".utf8))
            json.member("last", arrayOf: [[1], [], [2, 3]]) { json, numbers in
                json.array(of: numbers) { $0.integer($1) }
            }
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"a":1,"empty":[],"list":[1,-2,-9223372036854775808],"inner":{"yes":true,"no":false,"nothing":{}},"#
                + #""text":"a\"\\\u0001é","none":null,"raw":[1,2],"last":[[1],[],[2,3]]}"#)
    }

    @Test(
        "numbers are JSON's",
        arguments: [(0.0, "0.0"), (1e-7, "1e-07"), (1e300, "1e+300"), (-0.25, "-0.25"), (.infinity, "null"), (.nan, "null")])
    func numbers(value: Double, text: String) throws {
        var json = JSONWriter()
        json.number(value)
        #expect(String(decoding: json.bytes, as: UTF8.self) == text)
        #expect(try JSONScanner.scan(json.bytes.span, maximumDepth: 1) == 0..<json.bytes.count)
    }
}
