import Broadcast
import EngineIO
@testable import Realtime
import Testing

/// From long-polling to a WebSocket (protocol.md 1.10), in virtual time.
@Suite("Upgrade")
struct UpgradeTests {
    private static let closeFrame: [UInt8] = [0x88, 0]

    @Test("probe, noop ticks while polls come, upgrade; what was queued goes first, in order", arguments: [1, 2])
    func wholeUpgrade(loops: Int) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.joinPolling()
        try client.post(#"42["subscribe","a"]"#)
        let socket = try client.candidate(loop: loops - 1)
        try socket.send(message: "2probe")
        fixture.run()
        #expect(try socket.received() == ServerFrame.text("3probe"))

        let first = try client.park()
        fixture.advance(99)
        #expect(try first.answers() == [])
        fixture.advance(17)
        #expect(try first.answer()?.summary == "200 6")
        let second = try client.park()
        fixture.advance(120)
        #expect(try second.answer()?.summary == "200 6", "not only one poll gets a noop")

        let third = try client.park()
        fixture.publish("a", "1")
        fixture.run()
        #expect(try third.answer()?.summary == #"200 42["e",1]"#, "messages still leave by polls")
        for number in 2..<25 { fixture.publish("a", "\(number)") }
        fixture.run()
        for number in 25..<30 { fixture.publish("a", "\(number)") }
        try socket.send(message: "5")
        for number in 30..<33 { fixture.publish("a", "\(number)") }
        fixture.run()
        #expect(try socket.frames() == (2..<33).map { #"42["e",\#($0)]"# })

        try socket.send(message: #"429["unsubscribe","a"]"#)
        #expect(try socket.received() == ServerFrame.text(#"439["Left room: a"]"#))
        #expect(try client.pollAnswer()?.summary == Answer.badRequest)
        #expect(try client.post("3")?.summary == Answer.badRequest)
        #expect(fixture.realtime.map(\.movedSessions) == (loops == 1 ? [0] : [0, 1]))
        #expect(fixture.realtime[loops - 1].sessionCount == 1)
    }

    @Test("a poll that waits at the upgrade is told that polling is over", arguments: [1, 2])
    func waitingPoll(loops: Int) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.joinPolling()
        let socket = try client.candidate(loop: loops - 1)
        let parked = try client.park()
        try socket.send(ClientFrame.text("2probe") + ClientFrame.text("5") + ClientFrame.text(#"421["subscribe","a"]"#))
        fixture.run()
        #expect(try parked.answer()?.summary == "200 1")
        #expect(try socket.frames() == ["3probe", #"431["Entered room: a"]"#], "what comes right behind is not lost")
    }

    @Test("an upgrade without a probe, before any poll and before CONNECT", arguments: [1, 2])
    func withoutProbe(loops: Int) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.openPolling()
        let socket = try client.candidate(loop: loops - 1)
        try socket.send(message: "5")
        try socket.send(message: "40")
        try socket.send(message: #"421["subscribe","a"]"#)
        fixture.run()
        fixture.publish("a", "1")
        fixture.run()
        let frames = try socket.frames()
        #expect(frames.count == 3)
        #expect(frames.first?.hasPrefix(#"40{"sid":""#) == true)
        #expect(frames.dropFirst() == [#"431["Entered room: a"]"#, #"42["e",1]"#])
    }

    @Test("on the connection of the handshake", arguments: [true, false])
    func sameConnection(isPipelined: Bool) throws {
        let fixture = RealtimeFixture()
        let connection = try fixture.connect()
        try connection.request("GET", .engine("transport=polling"))
        let client = PollingClient(fixture, loop: 0, openPacket: try connection.answer()?.body ?? "")
        let request = Array(String.webSocketRequest("EIO=4&transport=websocket&sid=\(client.sid)").utf8)
        if isPipelined {
            try connection.send(request + ClientFrame.text("2probe") + ClientFrame.text("5"))
        } else {
            try connection.send(request)
            try connection.send(message: "2probe")
            try connection.send(message: "5")
        }
        try connection.send(message: "40/x,")
        let bytes = try connection.received()
        let frames = ServerFrame.describe(Array(bytes.dropFirst(Answer.headByteCount(bytes))))
        #expect(frames == ["3probe", #"44/x,{"message":"Invalid namespace"}"#])
    }

    @Test("a candidate that never finishes is dropped after 10 s; polling goes on, and another may try", arguments: [1, 2], [true, false])
    func timeout(loops: Int, isProbed: Bool) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.joinPolling()
        let socket = try client.candidate(loop: loops - 1)
        if isProbed {
            try socket.send(message: "2probe")
            fixture.run()
            #expect(try socket.frames() == ["3probe"])
        }
        fixture.advance(9_900)
        #expect(try socket.received() == [])
        fixture.advance(200)
        fixture.run()
        #expect(try socket.received() == Self.closeFrame)
        let parked = try client.park()
        try client.post(#"421["subscribe","a"]"#)
        #expect(try parked.answer()?.summary == #"200 431["Entered room: a"]"#)
        fixture.advance(5_100)
        #expect(!socket.isOpen)
        let next = try client.candidate(loop: loops - 1)
        try next.send(message: "5")
        fixture.run()
        fixture.publish("a", "1")
        fixture.run()
        #expect(try next.frames() == [#"42["e",1]"#])
    }

    @Test(
        "anything but a probe or an upgrade drops the candidate alone", arguments: ["3probe", "2", "2prob", "4x", "1", "6", "", "x", "40"])
    func nonsense(packet: String) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let socket = try client.candidate()
        try socket.send(message: packet)
        #expect(try socket.received() == Self.closeFrame)
        #expect(try client.post(#"421["subscribe","a"]"#)?.summary == "200 ok")
        #expect(try client.poll() == [#"431["Entered room: a"]"#])
        let next = try client.candidate()
        try next.send(message: "2probe")
        #expect(try next.frames() == ["3probe"])
    }

    @Test("a binary message on a candidate drops it")
    func binary() throws {
        let socket = try RealtimeFixture().joinPolling().candidate()
        try socket.send(ClientFrame.binary([1]))
        #expect(try socket.received() == Self.closeFrame)
    }

    @Test("a second candidate gets a 101 and is closed, the first goes on", arguments: [1, 2])
    func secondCandidate(loops: Int) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.joinPolling()
        let first = try client.candidate(loop: loops - 1)
        let second = try fixture.connect()
        try second.send(.webSocketRequest("EIO=4&transport=websocket&sid=\(client.sid)"))
        let bytes = try second.received()
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
        #expect(Array(bytes.suffix(2)) == Self.closeFrame)
        try first.send(message: "5")
        fixture.run()
        let third = try fixture.connect()
        try third.send(.webSocketRequest("EIO=4&transport=websocket&sid=\(client.sid)"))
        #expect(Array(try third.received().suffix(2)) == Self.closeFrame, "also once the upgrade is done")
        try first.send(message: #"421["subscribe","a"]"#)
        #expect(try first.frames() == [#"431["Entered room: a"]"#])
        fixture.advance(5_100)
        #expect(!second.isOpen && !third.isOpen && first.isOpen)
    }

    @Test("a candidate that goes away leaves polling as it was", arguments: [1, 2])
    func lostCandidate(loops: Int) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.joinPolling()
        let socket = try client.candidate(loop: loops - 1)
        try socket.send(message: "2probe")
        fixture.run()
        socket.disconnect()
        let parked = try client.park()
        fixture.advance(500)
        #expect(try parked.answers() == [], "no more noops")
        let next = try client.candidate()
        try next.send(message: "2probe")
        #expect(try next.frames() == ["3probe"])
    }

    @Test("the session's end closes its candidate", arguments: [1, 2])
    func endWhileUpgrading(loops: Int) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.joinPolling()
        let parked = try client.park()
        let socket = try client.candidate(loop: loops - 1)
        try client.post("1")
        fixture.run()
        #expect(try socket.received() == Self.closeFrame)
        #expect(try parked.answer()?.summary == "200 6")
        try socket.send(message: "5")
        fixture.advance(5_100)
        #expect(!socket.isOpen)
        #expect(fixture.realtime.map(\.sessionCount) == Array(repeating: 0, count: loops))
    }

    @Test("a candidate whose connection goes away in the turn of its upgrade ends the session", arguments: [1, 2])
    func lostAfterUpgrade(loops: Int) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.joinPolling()
        try client.post(#"42["subscribe","a"]"#)
        let socket = try client.candidate(loop: loops - 1)
        try socket.send(message: "5")
        socket.disconnect()
        fixture.run()
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        #expect(fixture.realtime.map(\.sessionCount) == Array(repeating: 0, count: loops))
        #expect(try client.pollAnswer()?.summary == Answer.unknownSession)
    }

    @Test("the heartbeat goes on over the WebSocket; a ping that waited in the queue comes first", arguments: [1, 2])
    func heartbeat(loops: Int) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.joinPolling()
        fixture.advance(25_016)
        let socket = try client.candidate(loop: loops - 1)
        try socket.send(message: "5")
        fixture.run()
        #expect(try socket.frames() == ["2"])
        try socket.send(message: "3")
        fixture.advance(25_016)
        #expect(try socket.frames() == ["2"])
        fixture.advance(20_016)
        #expect(try socket.received() == Self.closeFrame)
    }

    @Test("limits move along: what was sent by polling counts on", arguments: [1, 2])
    func eventsCountOn(loops: Int) throws {
        let fixture = RealtimeFixture(loops: loops)
        let client = try fixture.joinPolling()
        try client.post(Array(repeating: #"42["x"]"#, count: 254).joined(separator: "\u{1E}"))
        let socket = try client.candidate(loop: loops - 1)
        try socket.send(message: "5")
        fixture.run()
        try socket.send(message: #"42["x"]"#)
        #expect(try socket.received() == [])
        try socket.send(message: #"42["x"]"#)
        #expect(try socket.received() == [0x88, 2, 0x03, 0xF0])
    }

    @Test("a session that has moved ends wholly, and its first loop forgets it")
    func endAfterMove() throws {
        let fixture = RealtimeFixture(loops: 2)
        let client = try fixture.joinPolling()
        try client.post(#"42["subscribe","a"]"#)
        let socket = try client.candidate(loop: 1)
        try socket.send(message: "5")
        fixture.run()
        #expect(fixture.realtime.map(\.sessionCount) == [1, 1], "a note of where it went, and itself")
        try socket.send(ClientFrame.close(nil))
        fixture.run()
        #expect(fixture.realtime.map(\.sessionCount) == [0, 0])
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        #expect(try client.pollAnswer()?.summary == Answer.unknownSession)
    }

    // MARK: - Upgrade requests with a body

    @Test("a candidate whose request is complete only after it was dropped is closed")
    func completedTooLate() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let socket = try fixture.connect()
        try socket.send(.webSocketRequest("EIO=4&transport=websocket&sid=\(client.sid)", ["Content-Length: 1"]))
        fixture.advance(11_000)
        try socket.send("x")
        let bytes = try socket.received()
        #expect(Array(bytes.suffix(2)) == Self.closeFrame)
        fixture.advance(5_100)
        #expect(!socket.isOpen, "a WebSocket that belongs to no session may not stay")
    }

    @Test("a candidate whose connection goes away before its request is complete makes room for the next")
    func lostBeforeComplete() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinPolling()
        let socket = try fixture.connect()
        try socket.send(.webSocketRequest("EIO=4&transport=websocket&sid=\(client.sid)", ["Content-Length: 1"]))
        socket.disconnect()
        #expect(fixture.realtime[0].candidate(.init(loop: 0, number: 1)) != nil)
        fixture.advance(11_000)
        #expect(fixture.realtime[0].candidate(.init(loop: 0, number: 1)) == nil, "nobody would ever take it out")
        let next = try client.candidate()
        try next.send(message: "2probe")
        #expect(try next.frames() == ["3probe"])
    }
}

extension Answer {
    /// Bytes up to the empty line, which is included.
    static func headByteCount(_ bytes: [UInt8]) -> Int {
        let end = Array("\r\n\r\n".utf8)
        for index in bytes.indices where bytes[index...].starts(with: end) { return index + 4 }
        return 0
    }
}
