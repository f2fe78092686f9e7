/// Why a request is refused before any endpoint sees it. The connection closes with the answer: its framing cannot be trusted.
package enum RequestFault: Error, Equatable, Sendable {
    case contentLengthRepeated
    case contentLengthMalformed
    case contentLengthWithTransferEncoding
    /// More than one `Transfer-Encoding`, one on HTTP/1.0, or one that does not end in `chunked`.
    case transferEncodingMalformed
    /// A coding that this server does not know, before `chunked`.
    case transferCodingUnknown
    case hostMissing
    case hostRepeated
    /// A target in absolute form that names another host than `Host`.
    case hostMismatch
    /// A control character in a field's value.
    case fieldMalformed
    case targetMalformed

    var status: Status {
        self == .transferCodingUnknown ? .notImplemented : .badRequest
    }

    /// The body of the answer.
    var body: StaticString {
        switch self {
        case .contentLengthRepeated: #"{"detail":"Content-Length is given more than once"}"#
        case .contentLengthMalformed: #"{"detail":"Content-Length is not a plain decimal number"}"#
        case .contentLengthWithTransferEncoding: #"{"detail":"Content-Length and Transfer-Encoding exclude each other"}"#
        case .transferEncodingMalformed: #"{"detail":"Transfer-Encoding is not one chunked"}"#
        case .transferCodingUnknown: #"{"detail":"The only known transfer coding is chunked"}"#
        case .hostMissing: #"{"detail":"Host is missing"}"#
        case .hostRepeated: #"{"detail":"Host is given more than once"}"#
        case .hostMismatch: #"{"detail":"The target and Host name different hosts"}"#
        case .fieldMalformed: #"{"detail":"A header field holds a control character"}"#
        case .targetMalformed: #"{"detail":"The request target is malformed"}"#
        }
    }
}
