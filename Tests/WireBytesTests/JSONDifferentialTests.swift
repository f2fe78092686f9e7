import Testing
import WireBytes

@Suite("JSON scanner against the reference reader")
struct JSONDifferentialTests {
    @Test("valid texts: same range, same tree", arguments: 0..<8 as Range<UInt64>)
    func valid(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        for _ in 0..<300 {
            let text = random.text()
            guard let tree = ReferenceJSON.parse(text), let range = ReferenceJSON.trimmedRange(of: text) else {
                Issue.record("the generator made \(Bytes.described(text))")
                continue
            }
            #expect(Bytes.scan(text) == .success(range), "\(Bytes.described(text))")
            #expect(WalkedJSON.tree(range, in: text) == tree, "\(Bytes.described(text))")
        }
    }

    @Test("damaged texts: same verdict, and the same tree where they are still valid", arguments: 100..<116 as Range<UInt64>)
    func damaged(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        var accepted = 0
        for _ in 0..<1_000 {
            let text = random.mutated(random.text())
            let tree = ReferenceJSON.parse(text)
            switch Bytes.scan(text) {
            case .success(let range):
                accepted += 1
                #expect(tree != nil && range == ReferenceJSON.trimmedRange(of: text), "\(Bytes.described(text))")
                #expect(WalkedJSON.tree(range, in: text) == tree, "\(Bytes.described(text))")
            case .failure(let fault):
                #expect(tree == nil, "\(Bytes.described(text)) refused: \(fault)")
                #expect((0...text.count).contains(fault.offset))
            }
        }
        // The test says little unless both verdicts are frequent.
        #expect((50..<950).contains(accepted))
    }

    @Test("what follows a fault does not move it", arguments: 200..<204 as Range<UInt64>)
    func faultIsEarliest(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        for _ in 0..<500 {
            let text = random.mutated(random.text())
            // At the end of the text, and inside a string that is still open, more bytes do change the verdict.
            guard case .failure(let fault) = Bytes.scan(text), fault.offset < text.count,
                fault.reason != .unterminatedString
            else { continue }
            for tail in ["  ]}", "}", "\"", ",1"] {
                #expect(Bytes.scan(text + Array(tail.utf8)) == .failure(fault), "\(Bytes.described(text)) then \(tail)")
            }
        }
    }
}
