import Broadcast
import Realtime
import Testing

/// Socket.IO over a WebSocket: namespaces, subscriptions, events (contract 1, protocol.md 3).
@Suite("Channels over a WebSocket")
struct ChannelEventTests {
    // MARK: - CONNECT

    @Test(
        "CONNECT in every form that clients use is answered with a fresh id",
        arguments: ["40", "40{}", "40/,", "40/,{}", #"40{"token":"x"}"#, "40/?a=b,"])
    func connect(packet: String) throws {
        let fixture = RealtimeFixture()
        var ids: Set<String> = []
        for _ in 0..<2 {
            let client = try fixture.openWebSocket()
            try client.send(message: packet)
            let frames = try client.frames()
            #expect(frames.count == 1)
            #expect(frames.first?.hasPrefix(#"40{"sid":""#) == true && frames.first?.hasSuffix("\"}") == true)
            ids.insert(String(frames.first?.dropFirst(10).dropLast(2) ?? ""))
        }
        #expect(ids.count == 2 && ids.allSatisfy { $0.utf8.count == 20 })
    }

    @Test("another namespace is refused, the session goes on")
    func otherNamespace() throws {
        let client = try RealtimeFixture().openWebSocket()
        try client.send(message: "40/random,")
        #expect(try client.received() == ServerFrame.text(#"44/random,{"message":"Invalid namespace"}"#))
        try client.send(message: "40")
        #expect(try client.frames().count == 1)
    }

    @Test("a second CONNECT closes")
    func secondConnect() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: "40")
        #expect(try client.received() == [0x88, 0])
        #expect(fixture.realtime[0].sessionCount == 0)
    }

    @Test("after a DISCONNECT nothing comes any more, and another CONNECT is fine")
    func disconnect() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: #"42["subscribe","a"]"#)
        try client.send(message: "41")
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        fixture.run()
        #expect(try client.frames() == [])
        try client.send(message: "40")
        #expect(try client.frames().count == 1)
        #expect(client.isOpen)
    }

    @Test("a DISCONNECT without a namespace joined, and an event before CONNECT, close", arguments: ["41", #"42["subscribe","a"]"#])
    func beforeConnect(packet: String) throws {
        let client = try RealtimeFixture().openWebSocket()
        try client.send(message: packet)
        #expect(try client.received() == [0x88, 0])
    }

    // MARK: - Subscriptions

    @Test(
        "every form of subscribe and unsubscribe and its acknowledgement, to the byte",
        arguments: [
            (#"421["subscribe","news"]"#, #"431["Entered room: news"]"#),
            (#"42/,2["subscribe","news"]"#, #"432["Entered room: news"]"#),
            (#"423["subscribe",{"channel":"news"}]"#, #"433[{"ok":true,"channel":"news"}]"#),
            (
                #"424["subscribe",["news",{"channel":"sport"}]]"#,
                #"434[[{"ok":true,"channel":"news"},{"ok":true,"channel":"sport"}]]"#
            ),
            (#"425["subscribe","news","sport"]"#, #"435[[{"ok":true,"channel":"news"},{"ok":true,"channel":"sport"}]]"#),
            (#"426["subscribe",["news"]]"#, #"436[[{"ok":true,"channel":"news"}]]"#),
            (#"427["subscribe",[]]"#, #"437[[]]"#),
            (#"428["subscribe","a\"b"]"#, #"438["Entered room: a\"b"]"#),
            (#"429["unsubscribe","news"]"#, #"439["Left room: news"]"#),
            (#"4210["unsubscribe",{"channel":"news"}]"#, #"4310[{"ok":true,"channel":"news"}]"#),
            (#"4211["unsubscribe",["news"]]"#, #"4311[[{"ok":true,"channel":"news"}]]"#),
            (#"42007["subscribe","news"]"#, #"43007["Entered room: news"]"#),
            (#"421234567890123456789["subscribe","é"]"#, #"431234567890123456789["Entered room: é"]"#),
        ])
    func acknowledgements(packet: String, acknowledgement: String) throws {
        let client = try RealtimeFixture().joinWebSocket()
        try client.send(message: packet)
        #expect(try client.received() == ServerFrame.text(acknowledgement))
        #expect(client.isOpen)
    }

    @Test(
        "refusals come in every form as objects",
        arguments: [
            (#"421["subscribe"]"#, "[", "null", "bad_request", "]"),
            (#"421["subscribe",7]"#, "[", "null", "bad_request", "]"),
            (#"421["subscribe",""]"#, "[", #""""#, "bad_name", "]"),
            (#"421["subscribe"," a"]"#, "[", #"" a""#, "bad_name", "]"),
            (#"421["subscribe","fanfare:x"]"#, "[", #""fanfare:x""#, "bad_name", "]"),
            (#"421["subscribe",{"channel":"a","since":"b"}]"#, "[", #""a""#, "unsupported", "]"),
            (#"421["subscribe",["fanfare:x"]]"#, "[[", #""fanfare:x""#, "bad_name", "]]"),
            (#"421["subscribe",{}]"#, "[", "null", "bad_request", "]"),
        ])
    func refusals(packet: String, opening: String, channel: String, code: String, closing: String) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: packet)
        let frame = try #require(try client.frames().first)
        #expect(frame.hasPrefix(#"431\#(opening){"ok":false,"channel":\#(channel),"error":{"code":"\#(code)","message":""#))
        #expect(frame.hasSuffix("\"}}\(closing)"))
        #expect(client.isOpen)
    }

    @Test(
        "without an ack id nothing is said; events that nobody knows are ignored, ack or not",
        arguments: [
            #"42["subscribe","a"]"#, #"42["chat","a"]"#, #"427["chat","a"]"#, #"42[1,"a"]"#, "42", "431[]", "3", "6", "0", "5",
        ])
    func silence(packet: String) throws {
        let client = try RealtimeFixture().joinWebSocket()
        try client.send(message: packet)
        #expect(try client.received() == [])
        #expect(client.isOpen)
    }

    @Test("subscribing twice is once")
    func twice() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        for _ in 0..<2 { try client.send(message: #"42["subscribe","a"]"#) }
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 1))
        fixture.run()
        #expect(try client.frames() == [#"42["e",1]"#])
    }

    @Test("128 channels a connection; the 129th is refused, a known one is not, and leaving makes room")
    func channelLimit() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        for number in 0..<128 { try client.send(message: #"421["subscribe","\#(number)"]"#) }
        #expect(try client.frames() == (0..<128).map { #"431["Entered room: \#($0)"]"# })
        try client.send(message: #"421["subscribe","more"]"#)
        #expect(
            try client.frames() == [
                #"431[{"ok":false,"channel":"more","error":{"code":"too_many_channels","#
                    + #""message":"The connection has subscribed to as many channels as it may."}}]"#
            ])
        #expect(fixture.publish("more", "1") == .accepted(subscribers: 0))
        try client.send(message: #"421["subscribe","5"]"#)
        try client.send(message: #"421["unsubscribe","5"]"#)
        try client.send(message: #"421["subscribe","more"]"#)
        #expect(
            try client.frames() == [
                #"431["Entered room: 5"]"#, #"431["Left room: 5"]"#, #"431["Entered room: more"]"#,
            ])
    }

    // MARK: - Events

    @Test(
        "a publish arrives as one exact frame, unaltered",
        arguments: [
            "1e400", #"{"b": 1,"a":-0}"#, #""\u00e9""#, "null", "[1,[2],{}]", "0.10", String(repeating: "9", count: 200),
            "\"" + String(repeating: "x", count: 70_000) + "\"",
        ])
    func publish(payload: String) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        let other = try fixture.joinWebSocket()
        try client.send(message: #"42["subscribe","news"]"#)
        try other.send(message: #"42["subscribe","sport"]"#)
        #expect(fixture.publish("news", payload, event: "say \"it\"") == .accepted(subscribers: 1))
        #expect(try client.received() == [], "not before publish has returned")
        fixture.run()
        #expect(try client.received() == ServerFrame.text(#"42["say \"it\"",\#(payload)]"#))
        #expect(try other.received() == [])
    }

    @Test("after the ack of unsubscribe nothing arrives, even if it was on its way")
    func unsubscribe() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: #"42["subscribe","a"]"#)
        fixture.publish("a", "1")
        try client.send(message: #"421["unsubscribe","a"]"#)
        fixture.run()
        #expect(try client.frames() == [#"431["Left room: a"]"#])
        #expect(fixture.publish("a", "2") == .accepted(subscribers: 0))
    }

    @Test("a subscription ends with its connection")
    func connectionEnds() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: #"42["subscribe","a"]"#)
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 1))
        client.disconnect()
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        #expect(fixture.realtime[0].sessionCount == 0)
        fixture.run()
        #expect(fixture.hub.pendingMessages == 0)
    }

    @Test("messages of one turn leave in one flush")
    func oneFlush() throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        for channel in ["a", "b"] { try client.send(message: #"42["subscribe","\#(channel)"]"#) }
        let flushes = client.transport.flushCount
        for number in 0..<10 { fixture.publish(number % 2 == 0 ? "a" : "b", "\(number)") }
        fixture.run()
        #expect(client.transport.flushCount == flushes + 1)
        #expect(try client.frames().count == 10)
    }

    // MARK: - What breaks the protocol

    @Test(
        "a packet that breaks the protocol closes without a code",
        arguments: [
            "", "abc", "2", "2probe", "4", "4abc", "42abc[\"a\"]", "42{}", "42[]", "42[true]", "42[\"a\"", "42[\"connect\"]",
            "42[\"disconnecting\",1]", "41{}", "40[]", "44{}", "47", "450-[\"a\"]", "43{}", "42/other,[\"a\"]",
            "4212345678901234567890[\"subscribe\",\"a\"]", #"451-["a",{"_placeholder":true,"num":0}]"#, "bAQID", "b!",
        ])
    func violations(packet: String) throws {
        let fixture = RealtimeFixture()
        let client = try fixture.joinWebSocket()
        try client.send(message: #"42["subscribe","a"]"#)
        try client.send(message: packet)
        #expect(try client.received() == [0x88, 0])
        #expect(fixture.realtime[0].sessionCount == 0)
        #expect(fixture.publish("a", "1") == .accepted(subscribers: 0))
        try client.send(message: "40")
        #expect(try client.received() == [], "what comes behind the close is dropped")
    }

    @Test("a binary message is refused as malformed")
    func binary() throws {
        let client = try RealtimeFixture().joinWebSocket()
        try client.send(ClientFrame.binary([1, 2, 3]))
        #expect(try client.received() == [0x88, 0])
    }
}
