/// A point in time, or a length of it, on a loop's steady clock.
package typealias Milliseconds = Int64

/// Something with a deadline. At any time one entry of the wheel counts for it.
package protocol TimerWheelClient: AnyObject {
    /// The wheel's own: when it looks at the client next.
    var wheelDeadline: Milliseconds? { get set }
    /// Called at or up to 17 ms after the scheduled time, never before. Returns when to look again; nil for never. A deadline that has
    /// moved later in the meantime is simply returned.
    func wheelFired(now: Milliseconds) -> Milliseconds?
}
