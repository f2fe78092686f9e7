/// What a well-formed message on a publisher's Redis channel asks for.
package enum EmitterOutcome: Equatable, Sendable {
    /// An event to deliver.
    case event(EmittedEvent)
    /// Something that is not for this server. No fault: other servers listen there as well.
    case ignored(Reason)

    /// Why nothing is to be done.
    package enum Reason: Equatable, Sendable {
        /// Not a Redis channel that broadcasts go through.
        case channel
        /// Not the main namespace.
        case namespace
        /// A packet that is no event.
        case packetType
        /// Another wish than to emit: to join, leave, disconnect, to answer a callback.
        case method
    }
}
