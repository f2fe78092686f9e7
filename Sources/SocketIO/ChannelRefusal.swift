package import WireBytes

/// Why a subscription, or the end of one, is refused (contract 1).
package enum ChannelRefusal: Equatable, Sendable {
    /// No channel could be read from the argument, or it is none of the forms.
    case badRequest
    /// The name breaks a rule of contract 2.
    case badName(NameFault)
    /// The connection has as many channels as it may have.
    case tooManyChannels
    /// The channel wants a token and none was given.
    case tokenRequired
    /// The token is a bad one, whatever the cause.
    case tokenInvalid
    /// The token is a good one, but not for this channel.
    case forbidden
    /// The token of a refresh is a good one, but of a subject that no token of the connection is of.
    case otherSubject
    /// For the moment.
    case unavailable
    /// The object asks for something that this server does not do.
    case unsupported

    /// The `code` of the acknowledgement's error; programs compare it.
    package var code: StaticString {
        switch self {
        case .badRequest: "bad_request"
        case .badName: "bad_name"
        case .tooManyChannels: "too_many_channels"
        case .tokenRequired: "token_required"
        case .tokenInvalid: "token_invalid"
        case .forbidden, .otherSubject: "forbidden"
        case .unavailable: "unavailable"
        case .unsupported: "unsupported"
        }
    }

    /// The `message` of the acknowledgement's error, one sentence for people.
    package var message: String {
        switch self {
        case .badRequest: "Send the name of a channel, an object with the name as its channel, or a list of up to 1000 of these."
        case .badName(let fault): fault.message
        case .tooManyChannels: "The connection has subscribed to as many channels as it may."
        case .tokenRequired: "The channel needs a token."
        case .tokenInvalid: "The token is not valid."
        case .forbidden: "The channel is not open to this client."
        case .otherSubject: "The token is not of the subject whose token the connection has."
        case .unavailable: "The channel is not available at the moment."
        case .unsupported: "The object has a member that this server does not know."
        }
    }
}
