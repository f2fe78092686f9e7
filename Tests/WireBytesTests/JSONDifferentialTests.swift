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

    @Test("the text up to a fault is not at fault: it can be completed or the fault moves no further", arguments: 200..<204 as Range<UInt64>)
    func faultIsEarliest(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        for _ in 0..<500 {
            let text = random.mutated(random.text())
            guard case .failure(let fault) = Bytes.scan(text), fault.offset < text.count else { continue }
            // Whatever follows the wrong byte cannot change the verdict.
            guard fault.reason != .unterminatedString else { continue }
            guard case .failure(let same) = Bytes.scan(text + Array("  ]}".utf8)) else {
                Issue.record("accepted once longer: \(Bytes.described(text))")
                continue
            }
            #expect(same.offset <= text.count)
        }
    }
}
