import EngineIO
import Testing

@Suite struct EngineErrorTests {
    @Test(
        "each error has the reference server's code, message and status",
        arguments: [
            (EngineError.unknownTransport, #"{"code":0,"message":"Transport unknown"}"#, 400),
            (.unknownSession, #"{"code":1,"message":"Session ID unknown"}"#, 400),
            (.badHandshakeMethod, #"{"code":2,"message":"Bad handshake method"}"#, 400),
            (.badRequest, #"{"code":3,"message":"Bad request"}"#, 400),
            (.forbidden, #"{"code":4,"message":"Forbidden"}"#, 403),
            (.unsupportedVersion, #"{"code":5,"message":"Unsupported protocol version"}"#, 400),
        ])
    func answers(error: EngineError, body: String, status: Int) {
        #expect(error.body.description == body)
        #expect(error.status == status)
    }

    @Test("the body is made of code and message", arguments: EngineError.allCases)
    func consistent(error: EngineError) {
        #expect(error.body.description == #"{"code":\#(error.rawValue),"message":"\#(error.message)"}"#)
    }

    @Test func `labels of close reasons are distinct and in snake case`() {
        let labels = CloseReason.allCases.map(\.label.description)
        #expect(Set(labels).count == labels.count)
        #expect(labels.allSatisfy { $0.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) } })
    }
}
