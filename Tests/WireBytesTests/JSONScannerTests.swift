import Testing
import WireBytes

@Suite("JSON scanner")
struct JSONScannerTests {
    @Test("the table has 300 texts at least, none twice")
    func tableSize() {
        let all = JSONTexts.accepted.map { Array($0.utf8) } + JSONTexts.refused
        #expect(all.count >= 300)
        var seen: Set<[UInt8]> = []
        for text in all {
            #expect(seen.insert(text).inserted, "\(Bytes.described(text)) is there twice")
        }
    }

    @Test("valid texts are accepted, and the range leaves out the white space around the value", arguments: JSONTexts.accepted)
    func accepts(text: String) throws {
        let bytes = Array(text.utf8)
        let range = try #require(ReferenceJSON.trimmedRange(of: bytes))
        #expect(Bytes.scan(bytes) == .success(range))
        let padded = Array(" \n".utf8) + bytes + Array("\r\t ".utf8)
        #expect(Bytes.scan(padded) == .success(range.lowerBound + 2..<range.upperBound + 2))
    }

    @Test("valid texts are accepted as element and as member", arguments: JSONTexts.accepted)
    func acceptsNested(text: String) {
        for nested in ["[\(text)]", "{\"k\":\(text)}", "[0,\(text),{\"k\":[\(text)]}]"] {
            #expect(Bytes.scan(nested) == .success(0..<nested.utf8.count))
        }
    }

    @Test("every cut of a valid array, object or string is refused", arguments: JSONTexts.accepted)
    func refusesPrefixes(text: String) throws {
        let bytes = Array(text.utf8)
        let value = Array(bytes[try #require(ReferenceJSON.trimmedRange(of: bytes))])
        let isEnclosed = ["[", "{", "\""].contains(value.first.map { String(UnicodeScalar($0)) })
        for end in 0..<value.count {
            let prefix = Array(value[..<end])
            if isEnclosed {
                #expect(!Bytes.isAccepted(prefix), "\(prefix)")
            } else {
                #expect(Bytes.isAccepted(prefix) == (ReferenceJSON.parse(prefix) != nil), "\(prefix)")
            }
        }
    }

    @Test(
        "invalid texts are refused with an offset inside the text or at its end, and cutting them anywhere agrees with the reference",
        arguments: JSONTexts.refused)
    func refuses(bytes: [UInt8]) {
        guard case .failure(let fault) = Bytes.scan(bytes) else {
            Issue.record("accepted: \(Bytes.described(bytes))")
            return
        }
        #expect((0...bytes.count).contains(fault.offset))
        #expect(fault.message.hasSuffix("."))
        for end in 0..<bytes.count {
            let prefix = Array(bytes[..<end])
            #expect(Bytes.isAccepted(prefix) == (ReferenceJSON.parse(prefix) != nil), "\(Bytes.described(prefix))")
        }
    }

    @Test("invalid texts stay invalid inside an array", arguments: JSONTexts.refused)
    func refusesNested(bytes: [UInt8]) {
        let nested = Array("[0,".utf8) + bytes + Array(",0]".utf8)
        #expect(Bytes.isAccepted(nested) == (ReferenceJSON.parse(nested) != nil))
    }

    @Test("the reference reader says the same about the table")
    func referenceAgrees() {
        for text in JSONTexts.accepted {
            #expect(ReferenceJSON.parse(Array(text.utf8)) != nil, "\(text)")
        }
        for bytes in JSONTexts.refused {
            #expect(ReferenceJSON.parse(bytes) == nil, "\(Bytes.described(bytes))")
        }
    }

    @Test("a string is accepted with its last plain byte at every distance from a word's edge", arguments: 0...40)
    func runLengths(length: Int) {
        let plain = [UInt8](repeating: UInt8(ascii: "a"), count: length)
        for special in ["", "\\n", "é", "日", "😀", "\\u0041"] {
            let text = [0x22] + plain + Array(special.utf8) + plain + [0x22]
            #expect(Bytes.scan(text) == .success(0..<text.count))
        }
        for bad: UInt8 in [0x00, 0x1F, 0x80, 0xFF] {
            let text = [0x22] + plain + [bad] + plain + [0x22]
            #expect(Bytes.scan(text) == Bytes.fault(length + 1, bad < 0x20 ? .controlCharacter : .invalidUTF8))
        }
    }

    @Test("every single byte inside a string is judged as the reference does")
    func everyByteInString() {
        for byte in UInt8.min...UInt8.max {
            let amidText = Array("\"1234567".utf8) + [byte] + Array("12345678\"".utf8)
            for text in [[0x22, byte, 0x22], amidText, [0x22, 0x5C, byte, 0x22], [byte], [0x5B, 0x31, byte, 0x5D]] {
                #expect(Bytes.isAccepted(text) == (ReferenceJSON.parse(text) != nil), "\(text)")
            }
        }
    }

    @Test("every UTF-8 lead with every second byte inside a string is judged as the standard library does")
    func everyPairInString() {
        for lead in UInt8(0x80)...0xFF {
            for second in UInt8.min...UInt8.max where second != 0x22 && second != 0x5C && second >= 0x20 {
                for tail: [UInt8] in [[], [0x80], [0x80, 0x80]] {
                    let sequence = [lead, second] + tail
                    let isValid = String(validating: sequence, as: UTF8.self) != nil
                    if Bytes.isAccepted([0x22] + sequence + [0x22]) != isValid {
                        Issue.record("\(sequence)")
                    }
                }
            }
        }
    }
}
