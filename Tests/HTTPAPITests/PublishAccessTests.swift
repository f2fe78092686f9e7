import AccessControl
import Broadcast
import HTTPEdge
import Testing

@Suite("Publish endpoint: keys with rights")
struct PublishAccessTests {
    private static let keys = [
        AccessKey(name: "all", secret: "all-secret"), AccessKey(name: "reader", secret: "reader-secret", may: [.read, .admin]),
        AccessKey(
            name: "orders", secret: "orders-secret", may: [.publish],
            channels: ["orders.*", "private-a"].compactMap { try? ChannelPattern(compiling: Array($0.utf8).span) }),
    ]

    private func fixture() throws -> (APIFixture, LoopAccess) {
        let access = LoopAccess(try APIFixture.policy(Self.keys))
        return (try APIFixture.publish(access: access), access)
    }

    private func post(_ fixture: APIFixture, _ target: String, key: String, body: String = "1") throws -> Answer {
        try fixture.post(target, body, ["X-API-Key: \(key)"])
    }

    @Test("a key that may publish may do so everywhere, unless it is limited")
    func rights() throws {
        let (fixture, access) = try fixture()
        for target in ["/broadcast/orders.1/e", "/broadcast/news/e", "/broadcast/private-a/e"] {
            #expect(try post(fixture, target, key: "all-secret").status == 200)
            let refused = try post(fixture, target, key: "reader-secret")
            #expect(refused.status == 403)
            #expect(refused.body == #"{"detail":"This key may not publish"}"#)
            #expect(refused.fields["www-authenticate"] == nil)
        }
        #expect(access.takeLedger().counts == [.init(.notPermitted, of: .publish, keyName: "reader", peer: ""): 3])
        #expect(fixture.http.tally.refused == ["not_permitted": 3])
    }

    /// J5.
    @Test(
        "a limited key publishes to the channels that its patterns match as bytes, and to no other: 403",
        arguments: [
            ("orders.1", 200), ("orders.%C3%A9", 200), ("orders.1%2F2", 200), ("private-a", 200), ("%70rivate-a", 200), ("orders.1.2", 403),
            ("orders", 403), ("Orders.1", 403), ("private-a%CC%81", 403), ("private-%C3%A1", 403), ("private-A", 403),
            ("private-a%00", 422),
            ("private", 403), ("news", 403), ("orders%2E1", 200), ("orders%252E1", 403),
        ])
    func channels(segment: String, status: Int) throws {
        let (fixture, access) = try fixture()
        let answer = try post(fixture, "/broadcast/\(segment)/e", key: "orders-secret")
        #expect(answer.status == status)
        #expect((answer.body == #"{"detail":"This key may not publish to this channel"}"#) == (status == 403))
        #expect(
            access.takeLedger().counts
                == (status == 403 ? [.init(.channelNotPermitted, of: .publish, keyName: "orders", peer: ""): 1] : [:]))
    }

    @Test("what one key may is not remembered for the next one on the same path")
    func nextKey() throws {
        let (fixture, _) = try fixture()
        let subscriber = fixture.subscribe(to: "news")
        for _ in 0..<2 {
            #expect(try post(fixture, "/broadcast/news/e", key: "all-secret").status == 200)
            #expect(try post(fixture, "/broadcast/news/e", key: "orders-secret").status == 403)
            #expect(try post(fixture, "/broadcast/news/e", key: "wrong").status == 401)
        }
        fixture.run()
        #expect(subscriber.packets.count == 2)
    }

    @Test(
        "a limited key and a name that is none: 422 with the part, before the body is read",
        arguments: ["%zz/e", "%20a/e", "orders.1/connect"])
    func badNames(path: String) throws {
        let (fixture, _) = try fixture()
        let head =
            "POST /broadcast/\(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-API-Key: orders-secret\r\n"
            + "Content-Length: 1000\r\n\r\n"
        let answers = try fixture.send(Array(head.utf8))
        #expect(answers.map(\.status) == [422])
        #expect(answers.first?.body.contains(#""type":"name_invalid""#) == true)
        #expect(fixture.http.begunPublishes == 0)
    }

    @Test("refusals are told by reason and key before the body is there, and what was presented is in none of it")
    func audit() throws {
        let (fixture, access) = try fixture()
        let head = "POST /broadcast/news/e HTTP/1.1\r\nHost: localhost\r\nX-API-Key: guess-1\r\nContent-Length: 1000\r\n\r\n"
        #expect(try fixture.send(Array(head.utf8)).map(\.status) == [401])
        let other = try APIFixture.publish(access: access)
        _ = try other.post("/broadcast/news/e", "1")
        _ = try post(other, "/broadcast/news/e", key: "guess-2")
        _ = try other.post("/broadcast/news/e", "1", ["X-API-Key: all-secret", "Origin: https://evil.example"])
        let ledger = access.takeLedger()
        #expect(
            ledger.counts == [
                .init(.unauthorized, of: .publish, keyName: "unknown", peer: ""): 2,
                .init(.unauthorized, of: .publish, keyName: "none", peer: ""): 1,
                .init(.foreignOrigin, of: .publish, keyName: "all", peer: ""): 1,
            ])
        #expect(!"\(ledger)".contains("secret") && !"\(ledger)".contains("guess"))
    }

    @Test("a key is changed without a refusal: the new one beside the old, then alone")
    func rotation() throws {
        let old = AccessKey(name: "old", secret: "old-secret"), new = AccessKey(name: "new", secret: "new-secret")
        let access = LoopAccess(try APIFixture.policy([old]))
        let fixture = try APIFixture.publish(access: access)
        let statuses = {
            [try post(fixture, "/broadcast/c/e", key: "old-secret").status, try post(fixture, "/broadcast/c/e", key: "new-secret").status]
        }
        #expect(try statuses() == [200, 401])
        access.policy = try APIFixture.policy([old, new])
        #expect(try statuses() == [200, 200])
        access.policy = try APIFixture.policy([new])
        #expect(try statuses() == [401, 200])
    }

    @Test("a body that is on its way when its key is taken away is still published")
    func replacedMeanwhile() throws {
        let access = LoopAccess(try APIFixture.policy(Self.keys))
        let fixture = try APIFixture.publish(access: access)
        let subscriber = fixture.subscribe(to: "c")
        let head =
            "POST /broadcast/c/e HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-API-Key: all-secret\r\n"
            + "Content-Length: 3\r\n\r\n"
        #expect(try fixture.send(Array(head.utf8)).isEmpty)
        access.policy = try APIFixture.policy([AccessKey(name: "new", secret: "new-secret")])
        #expect(try fixture.send(Array("[1]".utf8)).map(\.status) == [200])
        fixture.run()
        #expect(subscriber.packets == [#"42["e",[1]]"#])
        #expect(try post(fixture, "/broadcast/c/e", key: "all-secret").status == 401)
    }
}
