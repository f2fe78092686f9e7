/// Somebody with deadlines. One entry in the wheel serves all of a client's deadlines: it tells the earliest when it is asked.
package protocol TimerWheelClient: AnyObject {
    /// When the client will next be looked at; nil while it is not in the wheel. Owned by the wheel: nobody else writes it.
    var wheelDeadline: Milliseconds? { get set }

    /// The wheel looks at the client, on its loop. A look can come before the client's present deadline (it has moved later since, or lay
    /// beyond the wheel's horizon): compare with `now`.
    /// - Returns: when to look again; nil to leave the wheel.
    func wheelFired(now: Milliseconds) -> Milliseconds?
}
