/// A long-polling session, played from the client's side: every request over a connection of its own.
final class PollingClient {
    private let fixture: RealtimeFixture
    let loop: Int
    let openPacket: String
    /// Empty if the open packet carries none.
    let sid: String

    init(_ fixture: RealtimeFixture, loop: Int, openPacket: String) {
        self.fixture = fixture
        self.loop = loop
        self.openPacket = openPacket
        self.sid = openPacket.split(separator: "\"").dropFirst(3).first.map { String($0) } ?? ""
    }

    var target: String { .engine("transport=polling&sid=\(self.sid)") }

    /// Begins a GET and leaves it open.
    func park(loop index: Int? = nil) throws -> Client {
        let client = try self.fixture.connect(loop: index ?? self.loop)
        try client.request("GET", self.target)
        return client
    }

    /// A GET that is answered at once; nil if it is not.
    func pollAnswer() throws -> Answer? {
        try self.park().answer()
    }

    /// The packets of a GET that is answered at once with 200; nil if it is not.
    func poll() throws -> [String]? {
        guard let answer = try self.pollAnswer(), answer.status == 200 else { return nil }
        return answer.packets
    }

    @discardableResult
    func post(_ packets: String..., fields: [String] = []) throws -> Answer? {
        let client = try self.fixture.connect(loop: self.loop)
        try client.request("POST", self.target, fields, body: packets.joined(separator: "\u{1E}"))
        return try client.answer()
    }

    /// A WebSocket that wants to carry the session on; its 101 has been taken.
    func candidate(loop index: Int? = nil) throws -> Client {
        let client = try self.fixture.connect(loop: index ?? self.loop)
        try client.send(.webSocketRequest("EIO=4&transport=websocket&sid=\(self.sid)"))
        _ = try client.received()
        return client
    }
}

extension Answer {
    /// The packets of a long-polling reply.
    var packets: [String] { self.body.split(separator: "\u{1E}", omittingEmptySubsequences: false).map { String($0) } }

    /// Status and body, the two things that most tests look at.
    var summary: String { "\(self.status) \(self.body)" }

    static func error(_ code: Int, _ message: String) -> String { "400 {\"code\":\(code),\"message\":\"\(message)\"}" }
    static let unknownSession = Answer.error(1, "Session ID unknown")
    static let badRequest = Answer.error(3, "Bad request")
}
