/// Takes what listeners hear, on their loop.
package protocol ListenOutput: AnyObject {
    /// - Parameters:
    ///   - text: what `packet` points into; valid during the call.
    ///   - channel: which of the channels listened to.
    func received(_ packet: EventPacket, of text: Span<UInt8>, on channel: [UInt8])
    /// No more for the moment: the time to write.
    func readCompleted()
    func changed(_ status: ListenerStatus, of channel: [UInt8])
    /// Whether nobody reads what is written. Asked now and then, as without events no write would tell.
    var isAbandoned: Bool { get }
}
