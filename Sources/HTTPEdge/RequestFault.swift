/// What makes a request ambiguous or unreadable: answered before any endpoint sees it, and the connection ends.
package enum RequestFault: Error, Equatable, Sendable {
    case malformed
    case hostMissing
    case hostRepeated
    case contentLengthRepeated
    case contentLengthMalformed
    case contentLengthWithTransferEncoding
    case transferCodingUnknown
    case headerTooLarge
    case targetTooLong
    /// It did not arrive in time.
    case tooSlow

    var status: Status {
        switch self {
        case .malformed, .hostMissing, .hostRepeated, .contentLengthRepeated, .contentLengthMalformed, .contentLengthWithTransferEncoding:
            .badRequest
        case .transferCodingUnknown: .notImplemented
        case .headerTooLarge: .requestHeaderFieldsTooLarge
        case .targetTooLong: .uriTooLong
        case .tooSlow: .requestTimeout
        }
    }

    /// The body of the answer.
    var body: StaticString {
        switch self {
        case .malformed: #"{"detail":"The request cannot be read as HTTP/1.1"}"#
        case .hostMissing: #"{"detail":"The Host header is missing"}"#
        case .hostRepeated: #"{"detail":"There is more than one Host header"}"#
        case .contentLengthRepeated: #"{"detail":"Content-Length is given more than once"}"#
        case .contentLengthMalformed: #"{"detail":"Content-Length is not a plain decimal number"}"#
        case .contentLengthWithTransferEncoding: #"{"detail":"Content-Length and Transfer-Encoding exclude each other"}"#
        case .transferCodingUnknown: #"{"detail":"The only transfer coding known here is chunked"}"#
        case .headerTooLarge: #"{"detail":"The header fields are too large or too many"}"#
        case .targetTooLong: #"{"detail":"The request target is too long"}"#
        case .tooSlow: #"{"detail":"The request took too long to arrive"}"#
        }
    }
}
