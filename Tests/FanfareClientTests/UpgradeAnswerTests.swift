import FanfareClient
import Testing

@Suite("The answer to the upgrade request")
struct UpgradeAnswerTests {
    // RFC 6455 1.3.
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    private static func judge(_ text: String, isEnd: Bool = false) -> UpgradeAnswer.Verdict {
        UpgradeAnswer.judge(Array(text.utf8).span, accept: Array(Self.accept.utf8).span, isEnd: isEnd)
    }

    private static func answer(
        status: String = "HTTP/1.1 101 Switching Protocols", upgrade: String = "Upgrade: websocket",
        connection: String = "Connection: Upgrade",
        accept: String = "Sec-WebSocket-Accept: \(Self.accept)", more: String = ""
    ) -> String {
        [status, upgrade, connection, accept].joined(separator: "\r\n") + "\r\n\(more)\r\n"
    }

    @Test(
        "a good one is accepted",
        arguments: [
            answer(), answer(status: "HTTP/1.0 101 x"), answer(status: "HTTP/1.1 101"), answer(upgrade: "UPGRADE:WebSocket"),
            answer(connection: "connection:  keep-alive , upgrade "), answer(more: "Server: x\r\nno colon\r\n:\r\n"),
        ])
    func accepted(text: String) {
        #expect(Self.judge(text) == .accepted(headBytes: text.utf8.count))
        #expect(Self.judge(text + "\u{1}frames") == .accepted(headBytes: text.utf8.count))
        for count in 0..<text.utf8.count {
            #expect(Self.judge(String(text.prefix(count))) == .incomplete || text.prefix(count).hasSuffix("\r\n"))
        }
    }

    @Test(
        "a wrong one is not",
        arguments: [
            answer(upgrade: "Upgrade: h2c"), answer(upgrade: "X: y"), answer(connection: "Connection: close"), answer(connection: "X: y"),
            answer(accept: "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="), answer(accept: "X: y"),
            answer(accept: "Sec-WebSocket-Accept:"), answer(more: "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
            answer(more: "Sec-WebSocket-Protocol: x\r\n"), answer(status: "HTTP/1.1 1O1 x"),
            answer(status: "HTTP/1.1 -10"), answer(status: "HTTP/2 101 Switching"),
            "SSH-2.0-OpenSSH_9.6\r\n", "\r\n\r\n\r\n\r\n", "HTTP/1.1\r\n\r\n", String(repeating: "x", count: 100),
        ])
    func wrong(text: String) {
        #expect(Self.judge(text) == .wrong)
    }

    @Test("an HTTP answer is a refusal, once it is whole")
    func refused() {
        let head = "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\n"
        let range = head.utf8.count..<(head.utf8.count + 4)
        #expect(Self.judge(head + "abc") == .incomplete)
        #expect(Self.judge(head + "abcd") == .refused(status: 403, body: range))
        #expect(Self.judge(head, isEnd: true) == .refused(status: 403, body: range.lowerBound..<range.lowerBound))
        #expect(Self.judge("HTTP/1.1 200 OK\r\n\r\nabc") == .incomplete)
        #expect(Self.judge("HTTP/1.1 200 OK\r\n\r\nabc", isEnd: true) == .refused(status: 200, body: 19..<22))
        let lying = "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n"
        #expect(Self.judge(lying) == .incomplete)
        let filled = lying + String(repeating: "x", count: UpgradeAnswer.maximumBytes)
        #expect(Self.judge(filled) == .refused(status: 200, body: lying.utf8.count..<filled.utf8.count))
    }

    @Test("a head without an end is given up")
    func endless() {
        let begin = "HTTP/1.1 101 x\r\n"
        #expect(Self.judge(begin) == .incomplete)
        #expect(Self.judge(begin, isEnd: true) == .wrong)
        #expect(Self.judge(begin + String(repeating: "a: b\r\n", count: 3_000)) == .wrong)
    }

    @Test("a connection says why it was not upgraded")
    func loss() throws {
        for (answer, loss) in [
            (#"HTTP/1.1 403 Forbidden#Content-Length: 19##{"detail":"Not\u2066"}"#, ConnectionLoss.protocolViolation("")),
            (#"HTTP/1.1 404 Not Found#Content-Length: 22##{"detail":"Not Found"}"#, .refused(status: 404, detail: "Not Found")),
            (#"HTTP/1.1 400 Bad#Content-Length: 30##{"code":0,"message":"Unknown"}"#, .refused(status: 400, detail: "Unknown")),
            ("HTTP/1.1 200 OK#Content-Length: 6##<html>", .refused(status: 200, detail: "")),
            ("SMTP ready#", .protocolViolation("no answer to a WebSocket request")),
        ] {
            let fixture = try ClientFixture()
            try fixture.receive(Array(answer.replacing("#", with: "\r\n").utf8))
            guard case .lost(let heard) = fixture.heard.first else {
                Issue.record("\(answer): \(fixture.heard)")
                continue
            }
            if loss != .protocolViolation("") { #expect(heard == loss) }
            #expect(fixture.heard.count == 1)
            #expect(!fixture.isActive)
        }
        let fixture = try ClientFixture()
        try fixture.receive(ClientFixture.upgrade(accept: Self.accept))
        #expect(fixture.heard == [.lost(.protocolViolation("no answer to a WebSocket request"))])
    }
}
