import AccessControl
@testable import FanfareServer
import Testing

@Suite("Audit log")
struct AuditLogTests {
    private func entry(_ refusal: AccessRefusal = .unauthorized, key: String = "unknown", peer: String = "10.0.0.1") -> RefusalLedger.Entry
    {
        .init(refusal, of: .publish, keyName: key, peer: peer)
    }

    @Test("the first of each reason is told at once, what follows is counted until the next report")
    func firsts() async {
        let log = RecordedLog()
        let audit = AuditLog(logger: log.logger)
        #expect(audit.announce(entry()))
        #expect(!audit.announce(entry()))
        #expect(!audit.announce(entry(peer: "10.0.0.2")))
        #expect(audit.announce(entry(.channelNotPermitted, key: "orders")))
        audit.report([])
        #expect(audit.announce(entry(.unauthorized, key: "none")))
        await audit.end()
        #expect(
            log.lines == [
                "access refused action=publish count=1 key=unknown peer=10.0.0.1 reason=unauthorized",
                "access refused action=publish count=1 key=orders peer=10.0.0.1 reason=channel_not_permitted",
                "access refused action=publish count=1 key=none peer=10.0.0.1 reason=unauthorized",
            ])
        #expect(!audit.announce(entry(.foreignOrigin)), "after its end nothing is told at once")
    }

    @Test("a report adds up the loops, says the most frequent first and the rest by reason")
    func report() async {
        let log = RecordedLog()
        let audit = AuditLog(logger: log.logger)
        var ledgers = [RefusalLedger(), RefusalLedger()]
        for (index, count) in [3, 4].enumerated() {
            for _ in 0..<count { ledgers[index].note(entry()) }
        }
        for number in 0..<400 { ledgers[1].note(entry(.foreignOrigin, key: "none", peer: "10.0.1.\(number)")) }
        audit.report(ledgers)
        await audit.end()
        #expect(log.lines.count == AuditLog.linesAReport + 1)
        #expect(log.lines.first == "access refused action=publish count=7 key=unknown peer=10.0.0.1 reason=unauthorized")
        #expect(log.lines.last == "access refused to others count=\(400 - (AuditLog.linesAReport - 1)) reason=foreign_origin")
    }

    @Test("a report of nothing is no line")
    func nothing() async {
        let log = RecordedLog()
        let audit = AuditLog(logger: log.logger)
        audit.report([RefusalLedger(), RefusalLedger()])
        await audit.end()
        #expect(log.lines.isEmpty)
    }
}
