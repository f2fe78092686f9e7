/// Something that an operator wants to know, once for each change.
package enum BackplaneNote: Sendable, Equatable {
    /// Both connections to Redis are there.
    case up
    case down(reason: String)
    /// What Redis says instead of publishing.
    case refused(reason: String)
    /// A node of another version writes to the same Redis.
    case otherVersion(Int)
    /// An emitter is a python-socketio up to 5.13, which writes pickles: nobody reads them here, as they are programs.
    case pickle
}
