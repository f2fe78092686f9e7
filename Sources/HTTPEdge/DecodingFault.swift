/// Why the bytes of a request are not taken any further. Answered by the connection itself.
enum DecodingFault: Equatable {
    case malformed
    case targetTooLong
    case fieldsTooLarge
    case tooManyFields
    /// A chunked body that is mostly framing.
    case framingTooLarge

    var status: Status {
        switch self {
        case .malformed, .framingTooLarge: .badRequest
        case .targetTooLong: .uriTooLong
        case .fieldsTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
        }
    }

    /// The counter's reason.
    var label: StaticString {
        switch self {
        case .malformed: "malformed"
        case .targetTooLong: "target_bytes"
        case .fieldsTooLarge: "header_bytes"
        case .tooManyFields: "header_fields"
        case .framingTooLarge: "body_bytes"
        }
    }

    /// The body of the answer.
    var body: StaticString {
        switch self {
        case .malformed: #"{"detail":"The request is not well-formed HTTP"}"#
        case .framingTooLarge: #"{"detail":"The chunks carry more framing than data"}"#
        case .targetTooLong: #"{"detail":"The request target is too long"}"#
        case .fieldsTooLarge, .tooManyFields: #"{"detail":"The header fields are too large or too many"}"#
        }
    }
}
