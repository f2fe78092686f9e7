import EngineIO
import HTTPEdge
import NIOHTTP1
@testable import Realtime
import Testing

@Suite("Engine.IO query")
struct EngineQueryTests {
    static let sid = "AQIDBAUGBwgJCgsMDQ4PEBES"

    struct Row: Sendable, CustomTestStringConvertible {
        var query: String
        var transport: EngineQuery.TransportName = .unknown
        var hasSession: Bool? = false
        var isRevision4 = false
        var wantsBase64 = false
        var testDescription: String { self.query }
    }

    /// `hasSession`: nil for a malformed one.
    static let rows: [Row] = [
        Row(query: ""),
        Row(query: "EIO=4&transport=polling", transport: .polling, isRevision4: true),
        Row(query: "transport=websocket&EIO=4&t=x", transport: .webSocket, isRevision4: true),
        Row(query: "EIO=3&transport=polling", transport: .polling),
        Row(query: "EIO=&transport=polling", transport: .polling),
        Row(query: "EIO=04&transport=polling", transport: .polling),
        Row(query: "EIO=4x&transport=polling", transport: .polling),
        Row(query: "eio=4&transport=polling", transport: .polling),
        Row(query: "EIO=3&EIO=4&transport=polling", transport: .polling, isRevision4: true),
        Row(query: "EIO=4&EIO=3&transport=polling", transport: .polling),
        Row(query: "transport=polling&transport=websocket", transport: .webSocket),
        Row(query: "transport=polling&transport=", transport: .unknown),
        Row(query: "transport=Polling"),
        Row(query: "transport=webtransport"),
        Row(query: "transport"),
        Row(query: "Transport=polling"),
        Row(query: "&&transport=polling&", transport: .polling),
        Row(query: "=polling&transport=polling", transport: .polling),
        Row(query: "transport=polling=x"),
        Row(query: "transport=polling&sid=", transport: .polling),
        Row(query: "transport=polling&sid", transport: .polling),
        Row(query: "transport=polling&sid=\(sid)", transport: .polling, hasSession: true),
        Row(query: "sid=\(sid)&transport=websocket", transport: .webSocket, hasSession: true),
        Row(query: "transport=polling&sid=\(sid)x", transport: .polling, hasSession: nil),
        Row(query: "transport=polling&sid=%41", transport: .polling, hasSession: nil),
        Row(query: "transport=polling&sid=\(sid.dropLast())+", transport: .polling, hasSession: nil),
        Row(query: "transport=polling&sid=\(sid)&sid=", transport: .polling),
        Row(query: "transport=polling&b64=1", transport: .polling, wantsBase64: true),
        Row(query: "transport=polling&b64=", transport: .polling),
        Row(query: "transport=polling&b64", transport: .polling),
    ]

    @Test("what each query says; of a repeated key the last counts", arguments: rows)
    func table(row: Row) throws {
        let query = EngineQuery(try #require(RequestTarget("/socket.io/?\(row.query)", method: .GET)))
        #expect(query.transport == row.transport)
        #expect(query.isRevision4 == row.isRevision4)
        #expect(query.wantsBase64 == row.wantsBase64)
        switch row.hasSession {
        case true: #expect(query.session == SessionIdentifier(parsing: 0..<24, of: Array(Self.sid.utf8).span).map { .some($0) })
        case false: #expect(query.session == .none)
        default: #expect(query.session == .malformed)
        }
    }

    @Test("a target without a query says nothing")
    func withoutQuery() throws {
        let query = EngineQuery(try #require(RequestTarget("/socket.io/", method: .GET)))
        #expect(query.transport == .unknown && query.session == .none && !query.isRevision4 && !query.wantsBase64)
    }
}
