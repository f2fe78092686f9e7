import Broadcast
@testable import Realtime
import Testing

/// The ends of tokens and their refreshing, in virtual time (contract 6; abuse case J4).
@Suite("Token expiry")
struct TokenExpiryTests {
    private let fixture = RealtimeFixture(verifier: ScriptedVerifier(), tokenChannels: ["secret.*"])

    private func join(_ token: String) throws -> Client {
        let client = try self.fixture.openWebSocket()
        try client.send(message: .connect(token))
        return client
    }

    /// Goes on in steps in which the client answers its pings; what came meanwhile but for those.
    private func pass(_ seconds: Int, _ client: Client) throws -> [String] {
        var frames: [String] = []
        for _ in 0..<seconds {
            self.fixture.advance(1_000)
            for frame in try client.frames() {
                if frame == "2" { try client.send(message: "3") } else { frames.append(frame) }
            }
        }
        return frames
    }

    @Test("notice, end, and only what the token admitted ends with it")
    func life() throws {
        let client = try self.join(TestToken.text("a", "secret.*", seconds: 100))
        try client.send(message: #"42["subscribe","secret.a","open","secret.b"]"#)
        #expect(try client.frames().count == 1)
        #expect(try self.pass(69, client) == [])
        #expect(try self.pass(2, client) == [#"42["fanfare:expiring",{"in":30}]"#])
        #expect(try self.pass(28, client) == [])
        #expect(self.fixture.publish("secret.b", "1") == .accepted(subscribers: 1))
        #expect(try self.pass(2, client) == [#"42["e",1]"#, #"42["fanfare:expired",{"channels":["secret.a","secret.b"]}]"#])
        for (name, count) in [("secret.a", 0), ("secret.b", 0), ("open", 1)] {
            #expect(self.fixture.publish(name, "2") == .accepted(subscribers: count))
        }
        #expect(try self.pass(60, client) == [#"42["e",2]"#], "the connection goes on")
        try client.send(message: #"421["subscribe","secret.a"]"#)
        #expect(try client.frames().first?.contains("token_invalid") == true)
    }

    @Test("a token with less than thirty seconds left is announced right behind the answer to CONNECT")
    func short() throws {
        let client = try self.join(TestToken.text("a", "secret.*", seconds: 12))
        let frames = try client.frames()
        #expect(frames.count == 2 && frames.last == #"42["fanfare:expiring",{"in":12}]"#)
        #expect(try self.pass(13, client) == [#"42["fanfare:expired",{"channels":[]}]"#])
    }

    @Test("within the leeway a token is taken and lasts to the end of that") func leeway() throws {
        let client = try self.join(TestToken.text("a", "secret.*", seconds: -3))
        #expect(try client.frames().last == #"42["fanfare:expiring",{"in":2}]"#)
        try client.send(message: #"421["subscribe","secret.a"]"#)
        #expect(try client.frames() == [#"431["Entered room: secret.a"]"#])
        #expect(try self.pass(3, client) == [#"42["fanfare:expired",{"channels":["secret.a"]}]"#])
    }

    @Test("a subscribe's own token ends its own channels") func own() throws {
        let client = try self.join(TestToken.text("a", "secret.a", seconds: 3_600))
        let own = TestToken.text("b", "secret.b", "secret.c", seconds: 20).quoted
        try client.send(
            message: #"42["subscribe","secret.a",{"channel":"secret.b","token":\#(own)},{"channel":"secret.c","token":\#(own)}]"#)
        #expect(try client.frames().last == #"42["fanfare:expiring",{"in":20}]"#)
        #expect(try self.pass(21, client) == [#"42["fanfare:expired",{"channels":["secret.b","secret.c"]}]"#])
        #expect(self.fixture.publish("secret.a", "1") == .accepted(subscribers: 1))
        #expect(self.fixture.publish("secret.b", "1") == .accepted(subscribers: 0))
    }

    @Test("a refresh in either form puts the end off and is acked", arguments: [true, false])
    func refresh(isObject: Bool) throws {
        let client = try self.join(TestToken.text("a", "secret.*", seconds: 100))
        try client.send(message: #"42["subscribe","secret.a"]"#)
        #expect(try self.pass(80, client).count == 2)
        let token = TestToken.text("a", "secret.*", seconds: 200).quoted
        try client.send(message: #"427["fanfare:refresh",\#(isObject ? #"{"token":\#(token)}"# : token)]"#)
        #expect(try client.frames() == [#"437[{"ok":true,"channel":null}]"#])
        #expect(try self.pass(88, client) == [])
        #expect(try self.pass(3, client) == [#"42["fanfare:expiring",{"in":30}]"#])
        #expect(try self.pass(30, client) == [#"42["fanfare:expired",{"channels":["secret.a"]}]"#])
    }

    @Test(
        "a refresh that is refused changes nothing",
        arguments: [
            (#""bad""#, "token_invalid"), (#""""#, "token_invalid"), ("null", "token_invalid"), (#"{"token":1}"#, "token_invalid"),
            (#""a","b""#, "token_invalid"), (TestToken.text("A", "secret.*").quoted, "forbidden"),
            (TestToken.text("a", "secret.*", seconds: -5).quoted, "token_invalid"),
        ])
    func refusedRefresh(argument: String, code: String) throws {
        let client = try self.join(TestToken.text("a", "secret.*", seconds: 10))
        try client.send(message: #"42["subscribe","secret.a"]"#)
        _ = try client.frames()
        try client.send(message: #"421["fanfare:refresh",\#(argument)]"#)
        #expect(try client.frames().first?.hasPrefix(#"431[{"ok":false,"channel":null,"error":{"code":"\#(code)""#) == true)
        #expect(try self.pass(11, client) == [#"42["fanfare:expired",{"channels":["secret.a"]}]"#])
    }

    @Test("who has shown no token has none to refresh, and none is verified") func nothingToRefresh() throws {
        let client = try self.fixture.joinWebSocket()
        try client.send(message: #"421["fanfare:refresh",\#(TestToken.text().quoted)]"#)
        #expect(try client.frames().first?.contains(#""code":"forbidden""#) == true)
        #expect(self.fixture.verifier?.asked == 0)
    }

    @Test("leaving the namespace takes the token along; another CONNECT may bring another") func leave() throws {
        let client = try self.join(TestToken.text("a", "secret.*", seconds: 10))
        _ = try client.frames()
        try client.send(message: "41")
        #expect(try self.pass(11, client) == [])
        try client.send(message: "40")
        _ = try client.frames()
        try client.send(message: #"421["subscribe","secret.a"]"#)
        #expect(try client.frames().first?.contains("token_required") == true)
    }

    @Test("a connection without a token keeps nothing for tokens") func nothing() throws {
        let client = try self.fixture.joinWebSocket()
        try client.send(message: #"42["subscribe","open"]"#)
        try client.send(message: #"42["subscribe","secret.a"]"#)
        _ = try client.frames()
        #expect(try self.pass(120, client) == [])
        #expect(self.fixture.publish("open", "1") == .accepted(subscribers: 1))
    }
}
