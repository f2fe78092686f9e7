import AccessControl
import Testing

@Suite("Refusal ledger")
struct RefusalLedgerTests {
    private func policy() -> AccessPolicy {
        AccessPolicy(keys: AccessKeys([]), origins: OriginPolicy(list: .only([]), isLoopbackListener: true), isInsecureOpen: false)
    }

    @Test("equal refusals are one entry with a count; reason, action, key and peer tell them apart")
    func counts() {
        var ledger = RefusalLedger()
        let entries: [RefusalLedger.Entry] = [
            .init(.unauthorized, of: .publish, keyName: "none", peer: "10.0.0.1"),
            .init(.unauthorized, of: .publish, keyName: "unknown", peer: "10.0.0.1"),
            .init(.unauthorized, of: .read, keyName: "none", peer: "10.0.0.1"),
            .init(.notPermitted, of: .publish, keyName: "none", peer: "10.0.0.1"),
            .init(.unauthorized, of: .publish, keyName: "none", peer: "10.0.0.2"),
        ]
        for (index, entry) in entries.enumerated() {
            for _ in 0...index { ledger.note(entry) }
        }
        #expect(ledger.counts == Dictionary(uniqueKeysWithValues: zip(entries, 1...)))
        #expect(ledger.others.isEmpty)
    }

    @Test("a hundred thousand addresses leave a table of 256 and a count of the others; none is lost")
    func bounded() {
        var ledger = RefusalLedger()
        for number in 0..<100_000 {
            let peer = "10.\(number >> 16).\(number >> 8 & 255).\(number & 255)"
            ledger.note(.init(number % 4 == 0 ? .foreignOrigin : .unauthorized, of: .publish, keyName: "unknown", peer: peer))
        }
        #expect(ledger.counts.count == RefusalLedger.maximumEntries)
        #expect(Set(ledger.others.keys) == [.foreignOrigin, .unauthorized])
        #expect(ledger.counts.values.reduce(0, +) + ledger.others.values.reduce(0, +) == 100_000)
        // Who is known goes on to be told apart.
        let known = RefusalLedger.Entry(.foreignOrigin, of: .publish, keyName: "unknown", peer: "10.0.0.0")
        ledger.note(known)
        #expect(ledger.counts[known] == 2)
    }

    @Test("what was told at once is not counted again, and a ledger is taken once")
    func loopAccess() {
        var told: [RefusalLedger.Entry] = []
        let access = LoopAccess(policy()) { entry in
            guard told.isEmpty else { return false }
            told.append(entry)
            return true
        }
        access.note(.strangeHost, of: .any, peer: "127.0.0.1")
        access.note(.strangeHost, of: .any, peer: "127.0.0.1")
        access.note(.foreignOrigin, of: .connect, keyName: "a", peer: nil)
        #expect(told == [.init(.strangeHost, of: .any, keyName: "none", peer: "127.0.0.1")])
        #expect(
            access.takeLedger().counts == [
                .init(.strangeHost, of: .any, keyName: "none", peer: "127.0.0.1"): 1,
                .init(.foreignOrigin, of: .connect, keyName: "a", peer: ""): 1,
            ])
        #expect(access.takeLedger().counts.isEmpty)
    }

    @Test("every reason has a label of its own, fit for a metric")
    func reasons() {
        let reasons = AccessRefusal.allCases.map { $0.reason.description }
        #expect(Set(reasons).count == reasons.count)
        #expect(
            reasons.allSatisfy { reason in reason.utf8.allSatisfy { ("a"..."z").contains(Character(UnicodeScalar($0))) || $0 == 0x5F } })
    }
}
