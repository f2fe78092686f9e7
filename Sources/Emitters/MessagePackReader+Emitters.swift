import WireBytes

/// The reader's steps with the emitters' faults.
extension MessagePackReader {
    /// As `next`.
    mutating func token(in bytes: Span<UInt8>) throws(EmitterFault) -> MessagePackToken {
        do throws(MessagePackFault) {
            return try self.next(in: bytes)
        } catch {
            throw .messagePack(error)
        }
    }

    /// As `skip`.
    mutating func pass(in bytes: Span<UInt8>) throws(EmitterFault) {
        do throws(MessagePackFault) {
            try self.skip(in: bytes)
        } catch {
            throw .messagePack(error)
        }
    }
}
