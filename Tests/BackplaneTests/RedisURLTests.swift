import Testing

@testable import Backplane

@Suite("Redis URL")
struct RedisURLTests {
    @Test("all parts, and what they are if they are left out")
    func parts() throws {
        let plain = try RedisURL("redis://example.org")
        #expect((plain.isSecure, plain.host, plain.port, plain.database) == (false, "example.org", 6379, 0))
        #expect(plain.user == nil && plain.password == nil)
        let full = try RedisURL("rediss://me:p%40s%3As@10.0.0.1:7000/3")
        #expect((full.isSecure, full.host, full.port, full.database) == (true, "10.0.0.1", 7000, 3))
        #expect(full.user == "me" && full.password == "p@s:s")
        #expect(full.shown == "rediss://10.0.0.1:7000/3")
        let keyed = try RedisURL("redis://:a:b@[::1]:1/")
        #expect((keyed.host, keyed.port) == ("::1", 1) && keyed.user == nil && keyed.password == "a:b")
        #expect(keyed.shown == "redis://[::1]:1/0")
    }

    @Test(
        "what is none is refused, without the password in the words",
        arguments: [
            "", "redis", "http://x", "redis://", "redis://me:hunter2@", "redis://me@x", "redis://me:hunter2@x:0", "redis://x:65536",
            "redis://x:hunter2/", "redis://me:hunter2@x/a", "redis://me:%zz@x", "redis://x?password=hunter2", "redis://[::1",
            "redis://me:@x",
        ])
    func faults(text: String) {
        let fault = #expect(throws: RedisURLFault.self) { try RedisURL(text) }
        #expect(fault?.message.contains("hunter2") == false)
    }

    @Test("emitters by their names, with a channel of their own behind a colon")
    func emitters() {
        #expect(EmitterSource("socket.io-redis")?.redisChannel.name == Array("socket.io#/#*".utf8))
        #expect(EmitterSource("socket.io-redis:app")?.redisChannel.name == Array("app#/#*".utf8))
        #expect(EmitterSource("socket.io-emitter")?.redisChannel.name == Array("socket.io#emitter".utf8))
        #expect(EmitterSource("python-socketio")?.redisChannel.name == Array("socketio".utf8))
        #expect(EmitterSource("flask-socketio")?.redisChannel.name == Array("flask-socketio".utf8))
        for text in ["", "socket.io", "socket.io-redis:", "socket.io-redis:a*", "python-socketio:[a]"] {
            #expect(EmitterSource(text) == nil)
        }
    }
}
