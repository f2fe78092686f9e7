/// The status code of a close frame (RFC 6455 7.4, with the codes registered since).
package struct CloseCode: Hashable, Sendable {
    /// The code as it stands in the frame, two bytes big-endian.
    package let rawValue: UInt16

    /// Any number; whether a frame may carry it is another question: ``isValidOnTheWire``.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The purpose of the connection is fulfilled.
    package static let normal = CloseCode(rawValue: 1000)
    /// The server is going down.
    package static let goingAway = CloseCode(rawValue: 1001)
    /// The peer broke the framing rules.
    package static let protocolError = CloseCode(rawValue: 1002)
    /// A kind of data that this endpoint does not take.
    package static let unsupportedData = CloseCode(rawValue: 1003)
    /// Text that is not UTF-8.
    package static let invalidPayload = CloseCode(rawValue: 1007)
    /// A limit other than size was passed.
    package static let policyViolation = CloseCode(rawValue: 1008)
    /// A message over the size limit.
    package static let messageTooBig = CloseCode(rawValue: 1009)
    /// The peer is too slow or the server too busy; it may come back (registered after the RFC).
    package static let tryAgainLater = CloseCode(rawValue: 1013)

    /// Whether a close frame may carry the code. 1004 is undefined; 1005, 1006 and 1015 are for local use only; 1016 to 2999 are
    /// unassigned; 3000 to 4999 belong to libraries and applications.
    package var isValidOnTheWire: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
