/// An event that a publisher has put on Redis, in Fanfare's terms.
package struct EmittedEvent: Equatable, Sendable {
    /// Whom it is for.
    package enum Audience: Equatable, Sendable {
        /// Everybody who is connected, subscribed to something or not.
        case everyone
        /// The subscribers of these channels, each once. Rooms that no channel can be named are left out already, so the list may be empty:
        /// then nobody.
        case rooms([[UInt8]])
    }

    package let audience: Audience
    /// Channels whose subscribers get nothing, and ids of sockets that get nothing: in the publishers' libraries both are rooms.
    package let except: [[UInt8]]
    /// The event's name; `NameRule.checkEvent` has accepted it.
    package let event: [UInt8]
    /// The arguments behind the event's name, as a JSON array. Of a publisher that writes JSON each argument's bytes are as they came. With
    /// attachments there is `{"_placeholder":true,"num":i}` where attachment `i` belongs (protocol.md 3.1).
    package let argumentsJSON: [UInt8]
    /// How many arguments there are.
    package let argumentCount: Int
    /// At most `EmitterLimits.maximumAttachments`.
    package let attachments: [[UInt8]]

    /// Where the only argument lies in `argumentsJSON`: exactly one JSON value. Nil if there is none or more than one.
    package var payload: Range<Int>? {
        self.argumentCount == 1 ? 1..<(self.argumentsJSON.count - 1) : nil
    }

    package init(
        audience: Audience, except: [[UInt8]], event: [UInt8], argumentsJSON: [UInt8], argumentCount: Int, attachments: [[UInt8]]
    ) {
        self.audience = audience
        self.except = except
        self.event = event
        self.argumentsJSON = argumentsJSON
        self.argumentCount = argumentCount
        self.attachments = attachments
    }
}
