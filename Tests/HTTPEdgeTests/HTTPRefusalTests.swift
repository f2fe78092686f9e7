@testable import HTTPEdge
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

/// What the connection answers itself, and how it ends.
@Suite("HTTP refusals")
struct HTTPRefusalTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let request: String
        var statuses = [400]

        init(_ description: String, _ request: String, _ statuses: [Int] = [400]) {
            self.testDescription = description
            self.request = request
            self.statuses = statuses
        }
    }

    static func head(_ fields: String) -> String { "POST /echo HTTP/1.1\r\n\(fields)\r\n" }

    static let cases: [Case] = [
        Case("not HTTP", "\u{16}\u{3}\u{1}\u{2}\u{0}hello\r\n\r\n"),
        Case("HTTP/0.9", "GET /x\r\n\r\n"),
        Case("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Case("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
        Case("HTTP/3.7", "GET / HTTP/3.7\r\nHost: a\r\n\r\n"),
        Case("no Host", head("")),
        Case("two Hosts", head("Host: a\r\nHost: a\r\n")),
        Case("equal lengths", head("Host: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n")),
        Case("different lengths", head("Host: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n")),
        Case("list of lengths", head("Host: a\r\nContent-Length: 5, 5\r\n")),
        Case("negative length", head("Host: a\r\nContent-Length: -1\r\n")),
        Case("signed length", head("Host: a\r\nContent-Length: +5\r\n")),
        Case("hexadecimal length", head("Host: a\r\nContent-Length: 0x10\r\n")),
        Case("empty length", head("Host: a\r\nContent-Length: \r\n")),
        Case("length 2^63", head("Host: a\r\nContent-Length: 9223372036854775808\r\n")),
        Case("length 2^64", head("Host: a\r\nContent-Length: 18446744073709551616\r\n")),
        Case("length and chunked", head("Host: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n")),
        Case("chunked and length", head("Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n")),
        Case("xchunked", head("Host: a\r\nTransfer-Encoding: xchunked\r\n"), [400, 501]),
        Case("chunked, identity", head("Host: a\r\nTransfer-Encoding: chunked, identity\r\n"), [400, 501]),
        Case("gzip, chunked", head("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n"), [400, 501]),
        Case("chunked, chunked", head("Host: a\r\nTransfer-Encoding: chunked, chunked\r\n"), [400, 501]),
        Case("chunked twice", head("Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), [400, 501]),
        Case("vertical tab before chunked", head("Host: a\r\nTransfer-Encoding: \u{b}chunked\r\n"), [400, 501]),
        Case("blank before the colon", head("Host: a\r\nTransfer-Encoding : chunked\r\n")),
        Case("chunked on HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Case("folded field", head("Host: a\r\nX: b\r\n c\r\n")),
        Case("folded first field", head(" Host: a\r\n")),
        Case("NUL in a value", head("Host: a\r\nX: b\u{0}c\r\n")),
        Case("CR in a value", head("Host: a\r\nX: b\rc\r\n")),
        Case("DEL in a value", head("Host: a\r\nX: b\u{7f}c\r\n")),
        Case("request line twice", "GET /x HTTP/1.1\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("authority-form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("CONNECT in origin-form", "CONNECT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"),
        Case("CONNECT in absolute-form", "CONNECT http://a/echo HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("asterisk of a GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("fragment", .get("/a#b")),
        Case("user information", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("field of 17 KiB", .get("/", "X: \(String(repeating: "v", count: 17_000))\r\n"), [431]),
        Case("fields of 17 KiB", .get("/", String(repeating: "X: \(String(repeating: "v", count: 800))\r\n", count: 21)), [431]),
        Case("101 fields", .get("/", String(repeating: "X: y\r\n", count: 100)), [431]),
        Case("field without end", "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "v", count: 20_000))", [431]),
        Case("fields of 2 MiB", .get("/", String(repeating: "X: \(String(repeating: "v", count: 1_000))\r\n", count: 2_100)), [431]),
        Case("target of 8193 bytes", .get("/" + String(repeating: "a", count: 8_192)), [414]),
        Case("target of 9 KiB", .get("/" + String(repeating: "a", count: 9_000)), [414]),
        Case("target of 70,000 bytes", .get("/" + String(repeating: "a", count: 70_000)), [414]),
        Case("target without end", "GET /" + String(repeating: "a", count: 20_000), [414]),
    ]

    @Test("refused with an answer and a FIN, before any endpoint", arguments: cases)
    func refused(_ refusal: Case) throws {
        for size in [Int.max, 1_000, 1] where size != 1 || refusal.request.utf8.count < 30_000 {
            let conversation = try Conversation()
            var rest = Array(refusal.request.utf8)[...]
            while !rest.isEmpty {
                try conversation.send(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            try conversation.send(.get("/smuggled"))
            let answer = try conversation.received()
            #expect(refusal.statuses.contains { answer.hasPrefix("HTTP/1.1 \($0) ") }, "\(answer) in pieces of \(size)")
            #expect(answer.contains("\r\nConnection: close\r\n") && answer.contains("Content-Type: application/json\r\n"))
            #expect(answer.contains(#"{"detail":""#))
            #expect(answer.components(of: "HTTP/1.1") == 1)
            #expect(conversation.transport.outputIsClosed)
            #expect(conversation.endpoint.log == [])
            try conversation.channel.throwIfErrorCaught()
        }
    }

    @Test("what is at its limit is served")
    func atLimit() throws {
        let conversation = try Conversation()
        try conversation.send(.get("/" + String(repeating: "a", count: 8_191)))
        try conversation.send(.get("/a", String(repeating: "X: y\r\n", count: 99)))
        try conversation.send(.get("/b", "X: \(String(repeating: "v", count: 16_300))\r\n"))
        try conversation.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try conversation.statuses() == [200, 200, 200, 200])
    }

    static let badChunks = ["FFFFFFFFFFFFFFFF1\r\n", "-1\r\n", "0x5\r\nabcde\r\n", "3\r\nabcX\r\n", "\r\n", "zz\r\n", "3\nabc\r\n"]

    @Test("bad chunks: 400 and the end", arguments: badChunks)
    func badChunk(_ chunk: String) throws {
        let conversation = try Conversation()
        try conversation.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        try conversation.send(chunk)
        #expect(try conversation.statuses() == [400])
        #expect(conversation.transport.outputIsClosed)
        #expect(conversation.endpoint.log == ["head /echo", "abandoned 1"])
    }

    @Test("a chunked body that is all framing ends: an extension, or one byte a chunk")
    func framing() throws {
        var limits = HTTPLimits()
        limits.bodyBytes = 10_000
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        for piece in [String(repeating: "x", count: 1_000), String(repeating: "1\r\na\r\n", count: 200)] {
            let conversation = try Conversation(limits: limits)
            conversation.endpoint.bodyLimit = 1_000_000
            try conversation.send(head + (piece.hasPrefix("x") ? "1;" : ""))
            for _ in 0..<12 { try conversation.send(piece) }
            #expect(try conversation.statuses() == [400])
        }
    }

    @Test("trailers without end: 431")
    func trailers() throws {
        let conversation = try Conversation()
        try conversation.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        for _ in 0..<1_000 { try conversation.send("T: \(String(repeating: "v", count: 1_000))\r\n") }
        #expect(try conversation.statuses() == [431])
    }

    @Test("a decoder error while an exchange is parked abandons it")
    func parkedBodyBroken() throws {
        let conversation = try Conversation()
        try conversation.send("POST /park HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        try conversation.send("zz\r\n")
        #expect(try conversation.statuses() == [400])
        #expect(conversation.endpoint.log == ["head /park", "abandoned 1"])
        conversation.endpoint.parked[0].respond(ResponseHead(.ok), body: "late")
        #expect(try conversation.received() == "")
    }

    // MARK: - Early answers

    @Test("an early answer closes, reads on and drops, up to the bound")
    func earlyAnswer() throws {
        let conversation = try Conversation()
        try conversation.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\nabc")
        let answer = try conversation.received()
        #expect(answer.hasPrefix("HTTP/1.1 401"))
        #expect(answer.contains("WWW-Authenticate: Bearer\r\n") && answer.contains("Connection: close\r\n"))
        #expect(conversation.transport.outputIsClosed && conversation.isOpen)
        let piece = [UInt8](repeating: 0x41, count: 65_536)
        for _ in 0..<15 { try conversation.send(piece) }
        let reads = conversation.transport.readCount
        conversation.channel.read()
        #expect(conversation.transport.readCount == reads + 1, "goes on reading")
        #expect(conversation.isOpen)
        for _ in 0..<2 { try conversation.send(piece) }
        #expect(!conversation.isOpen)
        #expect(try conversation.received() == "")
    }

    @Test("an early answer closes for good after the linger time")
    func lingerTime() throws {
        let conversation = try Conversation()
        try conversation.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
        conversation.advance(milliseconds: 999)
        #expect(conversation.isOpen)
        conversation.advance(milliseconds: 17)
        #expect(!conversation.isOpen)
    }

    @Test("a refused body that has arrived whole does not cost the connection")
    func refusedWhole() throws {
        let conversation = try Conversation()
        try conversation.send(.post("/refuse", "hello") + .get("/next"))
        #expect(try conversation.statuses() == [401, 200])
        conversation.endpoint.bodyLimit = 3
        try conversation.send(.post("/echo", "hello") + .get("/next"))
        #expect(try conversation.statuses() == [413, 200])
        #expect(!conversation.transport.outputIsClosed)
    }

    @Test(
        "a body that says or shows that it is too large: 413, from the connection if not from the endpoint",
        arguments: ["/echo", "/collect"])
    func tooLarge(path: String) throws {
        let announced = try Conversation()
        try announced.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n")
        #expect(try announced.statuses() == [413])
        let shown = try Conversation()
        try shown.send("POST \(path) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        try shown.send("32\r\n\(String(repeating: "a", count: 50))\r\n")
        #expect(try shown.statuses() == [])
        try shown.send("33\r\n\(String(repeating: "a", count: 51))\r\n0\r\n\r\n")
        #expect(try shown.statuses() == [413])
        for conversation in [announced, shown] {
            #expect(conversation.endpoint.log == ["head \(path)", "too large"])
            #expect(conversation.transport.outputIsClosed)
        }
    }

    @Test("random damage never crashes, and never runs a second request after a refusal")
    func damage() throws {
        var generator = SeededGenerator(seed: 11)
        let seeds = Self.cases.map { Array($0.request.utf8.prefix(600)) } + [Array(HTTPConnectionTests.dialogue.utf8)]
        for _ in 0..<3_000 {
            let conversation = try Conversation()
            var bytes = seeds.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...200, using: &generator))
                rest = rest.dropFirst(piece.count)
                try conversation.send(Array(piece))
            }
            let answer = try conversation.received()
            if let end = answer.range(of: "Connection: close\r\n") {
                #expect(!answer[end.upperBound...].contains("HTTP/1.1 "))
            }
            try conversation.channel.throwIfErrorCaught()
        }
    }
}

extension String {
    fileprivate func components(of needle: String) -> Int {
        self.ranges(of: needle).count
    }

    fileprivate func range(of needle: String) -> Range<String.Index>? {
        self.ranges(of: needle).first
    }
}
