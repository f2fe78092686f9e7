/// What one message of a publisher may hold.
package struct EmitterLimits: Equatable, Sendable {
    /// As many as a Socket.IO packet may have (protocol.md 3.1).
    package static let maximumAttachments = 10

    /// Bytes of the message on Redis. Binary in JSON takes a third more there than what is delivered.
    package let maximumMessageByteCount: Int
    /// Bytes of all arguments as a JSON array and of attachments, together.
    package let maximumPayloadByteCount: Int
    /// Open arrays and objects of one argument.
    package let maximumDepth: Int
    /// Rooms, and rooms that are left out: each.
    package let maximumRooms: Int

    /// - Parameter maximumPayloadByteCount: the limit of a publish body; a message may be twice as large.
    package init(maximumPayloadByteCount: Int, maximumDepth: Int = 64, maximumRooms: Int = 1_024) {
        self.maximumPayloadByteCount = max(maximumPayloadByteCount, 0)
        let (doubled, overflows) = self.maximumPayloadByteCount.multipliedReportingOverflow(by: 2)
        self.maximumMessageByteCount = overflows ? .max : doubled
        self.maximumDepth = max(maximumDepth, 0)
        self.maximumRooms = max(maximumRooms, 0)
    }
}
