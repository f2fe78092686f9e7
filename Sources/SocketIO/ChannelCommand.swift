/// A client's `subscribe` or `unsubscribe` event: which channels, and in which form it wants to hear how that went (contract 1).
package struct ChannelCommand: Equatable, Sendable {
    /// Most channels that one event may name; with more it is refused as a whole.
    package static let maximumTargets = 1000

    /// The event's name.
    package enum Verb: Equatable, Sendable {
        case subscribe
        case unsubscribe
    }

    /// The form of the arguments, which is the form of the acknowledgement.
    package enum Form: Equatable, Sendable {
        /// One string, or nothing that can be read.
        case text
        /// One object.
        case object
        /// One array, or several arguments.
        case list
    }

    /// What one argument, or one element of a list, asks for.
    package enum Target: Equatable, Sendable {
        /// UTF-8 that `NameRule.checkChannel` has accepted, and the token that `subscribe` gives for it.
        case channel([UInt8], token: PresentedToken? = nil)
        /// With the name as the client sent it, which need not be a valid one; `nil` if none could be read.
        case refused(channel: [UInt8]?, ChannelRefusal)
    }

    /// What became of a target.
    package enum Outcome: Equatable, Sendable {
        case accepted(channel: [UInt8])
        /// With the name from the target.
        case refused(channel: [UInt8]?, ChannelRefusal)
    }

    package let verb: Verb
    package let form: Form
    /// In the order of the arguments; exactly one but for the list form. A name may occur more than once.
    package let targets: [Target]

    package init(verb: Verb, form: Form, targets: [Target]) {
        self.verb = verb
        self.form = form
        self.targets = targets
    }
}
