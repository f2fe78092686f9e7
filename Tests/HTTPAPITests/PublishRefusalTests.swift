import Broadcast
import Testing

@Suite("Publish endpoint: refusals")
struct PublishRefusalTests {
    /// Posts to channel `c`, which somebody listens to, and makes sure that nothing but a 200 has sent anything.
    private func answer(
        _ fixture: APIFixture, _ fields: [String], method: String = "POST", to target: String = "/broadcast/c/e",
        body: [UInt8] = Array("1".utf8)
    ) throws -> Answer {
        let subscriber = fixture.subscribe(to: "c")
        let answer = try fixture.request(method, target, fields, body: body)
        fixture.run()
        #expect(subscriber.packets.count == (answer.status == 200 ? 1 : 0))
        fixture.shard.unsubscribeAll(subscriber)
        return answer
    }

    private let json = "Content-Type: application/json"

    @Test("any method but POST: 405 with Allow", arguments: ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
    func method(method: String) throws {
        let answer = try answer(APIFixture.publish(), [json], method: method)
        #expect(answer.status == 405)
        #expect(answer.fields["allow"] == "POST")
        #expect(answer.body == #"{"detail":"Method Not Allowed"}"#)
    }

    @Test(
        "a path that is not this endpoint's, should one get here: 404",
        arguments: ["/", "/broadcast/c", "/broadcast/c/e/", "/broadcast//e", "/other/c/e"])
    func path(target: String) throws {
        let answer = try answer(APIFixture.publish(), [json], to: target)
        #expect(answer.status == 404)
        #expect(answer.body == #"{"detail":"Not Found"}"#)
    }

    // MARK: - Access

    @Test("no key or a wrong one: 401 that names the scheme", arguments: [[], ["Authorization: Bearer wrong"], ["X-API-Key: secre"]])
    func unauthorized(fields: [String]) throws {
        let answer = try answer(APIFixture.publish(keys: ["secret"]), [json] + fields)
        #expect(answer.status == 401)
        #expect(answer.fields["www-authenticate"] == "Bearer")
        #expect(answer.body == #"{"detail":"Send a publish key: Authorization: Bearer <key>, or X-API-Key: <key>"}"#)
    }

    @Test(
        "a right key opens, in either header",
        arguments: ["Authorization: Bearer secret", "authorization: bearer secret", "x-api-key: secret"])
    func authorized(field: String) throws {
        #expect(try answer(APIFixture.publish(keys: ["secret"]), [json, field]).status == 200)
    }

    @Test(
        "pages of other origins: 403",
        arguments: [
            ["Origin: https://evil.example"], ["Origin: null"], ["Origin:"], ["Origin: http://localhost:8000/"],
            ["Origin: http://localhost:8000", "Origin: http://localhost:8000"],
        ])
    func foreignOrigin(fields: [String]) throws {
        for origins in [[], ["*"], ["https://evil.example"]] {
            let answer = try answer(APIFixture.publish(origins: origins), [json] + fields)
            #expect(answer.status == 403)
            #expect(answer.body == #"{"detail":"Web pages of other origins may not publish here"}"#)
        }
    }

    @Test("the server's own pages may publish")
    func ownOrigin() throws {
        #expect(try answer(APIFixture.publish(), [json, "Origin: http://localhost:8000"]).status == 200)
    }

    @Test("a listed page with the key may publish")
    func listedOrigin() throws {
        let fixture = try APIFixture.publish(keys: ["secret"], origins: ["https://good.example"])
        #expect(try answer(fixture, [json, "X-API-Key: secret", "Origin: https://good.example"]).status == 200)
        #expect(try answer(fixture, [json, "Origin: https://good.example"]).status == 401)
        #expect(try answer(fixture, [json, "X-API-Key: secret", "Origin: https://evil.example"]).status == 403)
    }

    // MARK: - Type

    @Test(
        "application/json and +json with any parameters are JSON",
        arguments: [
            "application/json", "Application/JSON", "application/json;charset=utf-8", "application/json ; charset=latin1",
            "application/json;",
            "application/problem+json", "application/vnd.api+json; x=y", "text/x+JSON",
        ])
    func isJSON(type: String) throws {
        #expect(try answer(APIFixture.publish(), ["Content-Type: \(type)"]).status == 200)
    }

    @Test(
        "any other type: 415 that names the header to send",
        arguments: [
            "", "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
            "application/jsonp", "application/json5", "application/x-json", "text/json", "json", "application", "*/*", "+json", "/+json",
            "text/plain;+json", "text/plain; application/json", "text/plain, application/json", "application/json, text/plain",
            "text/plain, application/x+json", "text/plain, x+json", "text/plain,x+json", "text/plain x+json", "/x+json",
            "application/octet-stream",
        ])
    func isNotJSON(type: String) throws {
        let answer = try answer(APIFixture.publish(), ["Content-Type: \(type)"])
        #expect(answer.status == 415)
        #expect(answer.body == #"{"detail":"Send the header Content-Type: application/json"}"#)
    }

    @Test(
        "no type at all counts as JSON, unless a page of another site may have sent it",
        arguments: [
            ([], 200), (["Sec-Fetch-Site: none"], 200), (["Sec-Fetch-Site: same-origin"], 200), (["Sec-Fetch-Site: same-site"], 415),
            (["Sec-Fetch-Site: cross-site"], 415), (["Sec-Fetch-Site:"], 415), (["Origin: http://localhost:8000"], 415),
            (["Origin: http://localhost:8000", "Sec-Fetch-Site: same-origin"], 415),
        ])
    func untyped(fields: [String], status: Int) throws {
        let answer = try answer(APIFixture.publish(), fields)
        #expect(answer.status == status)
        if status == 415 { #expect(answer.body == #"{"detail":"Send the header Content-Type: application/json"}"#) }
    }

    @Test("a body with any content coding: 415 that says so", arguments: ["gzip", "identity", "br, gzip", ""])
    func contentEncoding(coding: String) throws {
        let answer = try answer(APIFixture.publish(), [json, "Content-Encoding: \(coding)"])
        #expect(answer.status == 415)
        #expect(answer.body == #"{"detail":"Send the body as it is, without a Content-Encoding header"}"#)
    }

    @Test("access is judged before the type, the type before names and body")
    func order() throws {
        let fixture = try APIFixture.publish(keys: ["secret"])
        #expect(try answer(fixture, ["Content-Type: text/plain"], to: "/broadcast/%/%", body: []).status == 401)
        #expect(try answer(fixture, ["Content-Type: text/plain", "X-API-Key: secret"], to: "/broadcast/%/%", body: []).status == 415)
        #expect(try answer(fixture, [json, "X-API-Key: secret"], to: "/broadcast/%/%", body: []).body.contains("name_invalid"))
    }

    // MARK: - Size

    @Test("a body of the limit is taken, one byte more is not: 413")
    func size() throws {
        let fits = try answer(APIFixture.publish(maximumBody: 10), [json], body: Array(#""12345678""#.utf8))
        #expect(fits.status == 200)
        let tooLarge = try answer(APIFixture.publish(maximumBody: 10), [json], body: Array(#""123456789""#.utf8))
        #expect(tooLarge.status == 413)
        #expect(tooLarge.body == #"{"detail":"The body is larger than 10 bytes"}"#)
    }

    @Test("white space counts for the limit")
    func sizeWithWhiteSpace() throws {
        #expect(try answer(APIFixture.publish(maximumBody: 10), [json], body: Array("1          ".utf8)).status == 413)
    }

    @Test("a body in chunks is refused when it grows past the limit")
    func sizeOfChunks() throws {
        let fixture = try APIFixture.publish(maximumBody: 4)
        let answers = try fixture.send(
            Array(
                "POST /broadcast/c/e HTTP/1.1\r\nHost: localhost\r\n\(json)\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n"
                    .utf8))
        #expect(answers.map(\.status) == [413])
        #expect(answers.first?.fields["connection"] == "close")
    }

    // MARK: - Load

    @Test("while too much waits to be sent: 503 with Retry-After, sent to nobody, and over when that has left")
    func overloaded() throws {
        var limits = HubLimits()
        limits.pendingMessages = 2
        let fixture = try APIFixture.publish(limits: limits)
        let subscriber = fixture.subscribe(to: "c")
        for number in 0..<2 { #expect(try fixture.post("/broadcast/c/e", "\(number)").status == 200) }
        let refused = try fixture.post("/broadcast/c/e", "2")
        #expect(refused.status == 503)
        #expect(refused.fields["retry-after"] == "1")
        #expect(refused.body == #"{"detail":"Too many messages are waiting to be sent; nothing was sent"}"#)
        #expect(try fixture.post("/broadcast/c/e", "3", ["Prefer: return=minimal"]).status == 503)
        // Without a subscriber nothing waits.
        #expect(try fixture.post("/broadcast/nobody/e", "4").status == 200)
        fixture.run()
        #expect(try fixture.post("/broadcast/c/e", "5").status == 200)
        fixture.run()
        #expect(subscriber.packets == [0, 1, 5].map { #"42["e",\#($0)]"# })
    }

    @Test("the bound on bytes counts, but never refuses a message that is alone")
    func overloadedByBytes() throws {
        var limits = HubLimits()
        limits.pendingBytes = 100
        let fixture = try APIFixture.publish(limits: limits)
        let subscriber = fixture.subscribe(to: "c")
        let long = "\"" + String(repeating: "x", count: 1_000) + "\""
        #expect(try fixture.post("/broadcast/c/e", long).status == 200)
        #expect(try fixture.post("/broadcast/c/e", "1").status == 503)
        fixture.run()
        #expect(try fixture.post("/broadcast/c/e", "1").status == 200)
        fixture.run()
        #expect(subscriber.packets.count == 2)
    }
}
