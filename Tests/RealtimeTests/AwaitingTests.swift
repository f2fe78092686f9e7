import Broadcast
import Realtime
import TestSupport
import Testing

/// Acknowledgements that wait until the messages of other nodes arrive (contract 10).
@Suite("Waiting for the bus")
struct AwaitingTests {
    private static func channel(_ text: String) -> ChannelName { ChannelName(Array(text.utf8)) }

    @Test("the acknowledgement comes with the confirmation; later ones at once")
    func confirmed() throws {
        let fixture = RealtimeFixture(bus: SilentBus())
        let client = try fixture.joinWebSocket(), other = try fixture.joinWebSocket()
        try client.send(message: #"421["subscribe","a"]"#)
        fixture.run()
        #expect(try client.frames() == [])
        fixture.hub.confirm(Self.channel("a"))
        fixture.run()
        #expect(try client.frames() == [#"431["Entered room: a"]"#])
        try other.send(message: #"421["subscribe","a"]"#)
        #expect(try other.frames() == [#"431["Entered room: a"]"#])
        fixture.advance(5_000)
        #expect(try client.frames() == [] && other.frames() == [])
    }

    @Test("a command with several channels waits for all of them")
    func several() throws {
        let fixture = RealtimeFixture(bus: SilentBus())
        let client = try fixture.joinWebSocket()
        try client.send(message: #"421["subscribe",["a","b"]]"#)
        fixture.hub.confirm(Self.channel("b"))
        fixture.run()
        #expect(try client.frames() == [])
        fixture.hub.confirm(Self.channel("a"))
        fixture.run()
        #expect(try client.frames().count == 1)
    }

    @Test(
        "after two seconds it comes in any case, and a gap behind it; also if nobody has asked for an acknowledgement",
        arguments: ["421", "42"])
    func late(head: String) throws {
        let fixture = RealtimeFixture(bus: SilentBus())
        let client = try fixture.joinWebSocket()
        try client.send(message: #"\#(head)["subscribe","a"]"#)
        fixture.advance(1_900)
        #expect(try client.frames() == [])
        fixture.advance(200)
        let acknowledgement = head == "421" ? [#"431["Entered room: a"]"#] : []
        #expect(try client.frames() == acknowledgement + [#"42["fanfare:gap",{"channel":"a"}]"#])
        fixture.hub.confirm(Self.channel("a"))
        fixture.run()
        #expect(try client.frames() == [])
    }

    @Test("who leaves the channel does not wait for it any more, and gets both acknowledgements in their order")
    func left() throws {
        let fixture = RealtimeFixture(bus: SilentBus())
        let client = try fixture.joinWebSocket()
        try client.send(message: #"421["subscribe","a"]"#)
        try client.send(message: #"422["unsubscribe","a"]"#)
        #expect(try client.frames() == [#"431["Entered room: a"]"#, #"432["Left room: a"]"#])
        fixture.advance(3_000)
        #expect(try client.frames() == [])
    }

    @Test("after a DISCONNECT nothing is acknowledged any more")
    func disconnected() throws {
        let fixture = RealtimeFixture(bus: SilentBus())
        let client = try fixture.joinWebSocket()
        try client.send(message: #"421["subscribe","a"]"#)
        try client.send(message: "41")
        fixture.advance(3_000)
        #expect(try client.frames() == [])
    }

    @Test("a session that changes loops meanwhile is told on its new one, whenever the confirmation comes", arguments: [true, false])
    func moved(isBefore: Bool) throws {
        let fixture = RealtimeFixture(loops: 2, bus: SilentBus())
        let client = try fixture.joinPolling()
        try client.post(#"421["subscribe","a"]"#)
        let socket = try client.candidate(loop: 1)
        try socket.send(message: "2probe")
        fixture.run()
        _ = try socket.received()
        if isBefore { fixture.hub.confirm(Self.channel("a")) }
        try socket.send(message: "5")
        if !isBefore {
            fixture.run()
            fixture.hub.confirm(Self.channel("a"))
        }
        fixture.run()
        #expect(try socket.frames() == [#"431["Entered room: a"]"#])
    }

    @Test("a poll of another node's session is told so")
    func strayPoll() throws {
        let one = RealtimeFixture(node: 0xABCD), other = RealtimeFixture(node: 0xABCE)
        let stray = try one.openPolling()
        let client = try other.connect()
        try client.request("GET", .engine("transport=polling&sid=\(stray.sid)"))
        let answer = try client.answer()
        #expect(answer?.summary.hasPrefix(#"400 {"code":1,"message":"Session ID unknown: another node has it"#) == true)
        let own = try one.connect()
        try own.request("GET", .engine("transport=polling&sid=\(stray.sid)&x=1"))
        #expect(try own.answers() == [], "it is parked")
    }
}
