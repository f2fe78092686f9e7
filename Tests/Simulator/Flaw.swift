/// A bug that is planted at a border of the product, to prove that the checks see it.
package enum Flaw: String, CaseIterable, Sendable {
    /// One message does not reach one subscriber.
    case drops
    /// One message reaches one subscriber twice.
    case duplicates
    /// Two messages reach one subscriber in the wrong order.
    case swaps
    /// One byte of one message is another.
    case alters
    /// Who subscribes is sent the message before.
    case replays
    /// The acknowledgement of a subscription comes later than its first messages.
    case acknowledgesLate
    /// Who unsubscribes stays subscribed.
    case staysSubscribed
    /// Who goes away stays subscribed.
    case forgetsToRemove
    /// A queue grows beyond what the settings say.
    case growsBeyondBound
    /// A loop is not woken for what another one has for it.
    case losesWakeUp
    /// A client that does not answer pings is kept.
    case keepsTheDead
    /// More messages are accepted and not fanned out than the settings say.
    case acceptsTooMuch
}
