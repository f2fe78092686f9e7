/// The error answers of an Engine.IO endpoint (protocol.md 1.3). The raw value is the `code` of the JSON body.
package enum EngineError: UInt8, Sendable, CaseIterable {
    case unknownTransport = 0
    case unknownSession = 1
    case badHandshakeMethod = 2
    case badRequest = 3
    case forbidden = 4
    case unsupportedVersion = 5

    /// The text of the JSON body, and the whole body of a refused WebSocket upgrade.
    package var message: StaticString {
        switch self {
        case .unknownTransport: "Transport unknown"
        case .unknownSession: "Session ID unknown"
        case .badHandshakeMethod: "Bad handshake method"
        case .badRequest: "Bad request"
        case .forbidden: "Forbidden"
        case .unsupportedVersion: "Unsupported protocol version"
        }
    }

    /// The whole body of the HTTP answer, `application/json`.
    package var body: StaticString {
        switch self {
        case .unknownTransport: #"{"code":0,"message":"Transport unknown"}"#
        case .unknownSession: #"{"code":1,"message":"Session ID unknown"}"#
        case .badHandshakeMethod: #"{"code":2,"message":"Bad handshake method"}"#
        case .badRequest: #"{"code":3,"message":"Bad request"}"#
        case .forbidden: #"{"code":4,"message":"Forbidden"}"#
        case .unsupportedVersion: #"{"code":5,"message":"Unsupported protocol version"}"#
        }
    }

    /// The HTTP status of the answer.
    package var status: Int {
        self == .forbidden ? 403 : 400
    }
}
