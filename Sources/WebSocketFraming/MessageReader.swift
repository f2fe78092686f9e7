import WireBytes

/// The incoming side of one connection: bytes as they arrive become whole messages (RFC 6455, either role, no extensions).
///
/// A value without I/O, owned by the connection's handler and used on its loop only. The caller hands over what it has read and goes on
/// with the bytes that were not consumed until a step has no event:
///
///     var rest = input
///     repeat {
///         step = reader.read(rest)
///         rest = rest.extracting(droppingFirst: step.consumed)
///     } while step.event != nil
///
/// The last round matters even with nothing left to read: it lets go of the storage of a large message. Storage grows with what has
/// arrived, never with what a header claims.
package struct MessageReader: ~Copyable {
    /// What came to its end within a step.
    package enum Event: Equatable, Sendable {
        /// A whole text message, checked to be UTF-8; it is in ``MessageReader/payload``.
        case text
        /// A whole binary message.
        case binary
        /// A ping, to be answered with its payload; it may come in the middle of a fragmented message.
        case ping
        /// A pong, asked for or not.
        case pong
        /// The peer closes. The code is valid on the wire; nil when it gave none. The reason text is checked and dropped.
        case close(CloseCode?)
        /// The peer broke a rule: close with this code (1002, 1007, 1008 or 1009).
        case failure(CloseCode)
    }

    /// The outcome of one call of ``MessageReader/read(_:)``.
    package struct Step: Sendable {
        /// Bytes taken from the front of the input; all of them when there is no event.
        package let consumed: Int
        /// Nil: more bytes are needed.
        package let event: Event?
    }

    /// The part of a frame that the next byte belongs to.
    private enum Phase: UInt8 {
        case opcode
        case length
        case length16
        case length64
        case key
        case payload
        /// After a close frame or a failure.
        case ended
    }

    private let limits: MessageLimits
    private let role: EndpointRole
    /// Payload of the message so far, then that of the present control frame.
    private var storage: [UInt8] = []
    /// Where the message's part of ``storage`` ends; 0 once the message is whole.
    private var messageBytes = 0
    /// While its header is read the present frame's payload length, then what is still to come of it.
    private var frameBytes: UInt64 = 0
    /// Frames of the open message.
    private var fragments = 0
    private var validator = UTF8Validator()
    private var key = MaskingKey()
    private var opcode = Opcode.continuation
    /// Text or binary while a message is open.
    private var messageOpcode: Opcode?
    private var isFinal = false
    private var phase = Phase.opcode
    /// Bytes of the present phase that are still to come, for the phases of fixed length.
    private var phaseBytes: UInt8 = 0

    /// A reader before the first byte of the first frame.
    package init(limits: MessageLimits, role: EndpointRole = .server) {
        self.limits = limits
        self.role = role
    }

    /// The payload of the text, binary, ping or pong event just returned; after another event it means nothing. Nothing is copied as long
    /// as the slice is gone before the next read; one that is held stays valid and makes that read take new storage.
    package var payload: ArraySlice<UInt8> { storage[messageBytes...] }

    /// Whether a message or a frame has begun and is not complete, for the deadline of a message. To be asked after every step, not once a
    /// read: right after an event it is false unless a fragmented message is open.
    package var isInsideMessage: Bool {
        messageOpcode != nil || (phase != .opcode && phase != .ended)
    }

    /// Payload bytes that there is memory for at present, for accounting: at most 128 (a client: 4096) between messages, and at most about
    /// twice what has arrived within one.
    package var storageCapacity: Int { storage.capacity }

    /// Takes bytes from the front of `input`, at most up to the end of one message or control frame. After a close or a failure all bytes
    /// are dropped without an event.
    package mutating func read(_ input: Span<UInt8>) -> Step {
        if phase == .opcode { discardDelivered() }
        var index = 0
        while phase != .ended {
            if phase == .payload {
                let end = index + Int(min(frameBytes, UInt64(input.count - index)))
                if index < end, let code = takePayload(input.extracting(index..<end)) { return fail(code, consumed: end) }
                index = end
                guard frameBytes == 0 else { break }
                if let event = endFrame() { return Step(consumed: index, event: event) }
            } else {
                guard index < input.count else { break }
                let code = takeHeader(input[index])
                index += 1
                if let code { return fail(code, consumed: index) }
            }
        }
        return Step(consumed: input.count, event: nil)
    }

    /// At a frame boundary everything behind the open message has been handed out.
    private mutating func discardDelivered() {
        guard storage.count > messageBytes else { return }
        if messageBytes == 0, storage.capacity > role.keptStorageBytes {
            storage = []
        } else {
            storage.removeLast(storage.count - messageBytes)
        }
    }

    private mutating func end() {
        phase = .ended
        messageOpcode = nil
        messageBytes = 0
        storage = []
    }

    private mutating func fail(_ code: CloseCode, consumed: Int) -> Step {
        end()
        return Step(consumed: consumed, event: .failure(code))
    }
}

// MARK: - Header (RFC 6455 5.2)

extension MessageReader {
    /// One byte of a header; a code when it breaks a rule, at the first byte that shows it.
    private mutating func takeHeader(_ byte: UInt8) -> CloseCode? {
        switch phase {
        case .opcode:
            return takeOpcode(byte)
        case .length:
            return takeLength(byte)
        case .length16, .length64:
            frameBytes = frameBytes << 8 | UInt64(byte)
            phaseBytes -= 1
            return phaseBytes == 0 ? endExtendedLength() : nil
        case .key:
            key.shiftIn(byte)
            phaseBytes -= 1
            if phaseBytes == 0 { phase = .payload }
            return nil
        case .payload, .ended:
            return nil
        }
    }

    private mutating func takeOpcode(_ byte: UInt8) -> CloseCode? {
        guard byte & 0b0111_0000 == 0, let opcode = Opcode(rawValue: byte & 0b1111) else { return .protocolError }
        self.opcode = opcode
        isFinal = byte & 0x80 != 0
        phase = .length
        if opcode.isControl {
            return isFinal ? nil : .protocolError
        }
        // A continuation needs an open message, and a new message needs that none is open (RFC 6455 5.4).
        guard (opcode == .continuation) == (messageOpcode != nil) else { return .protocolError }
        if opcode != .continuation {
            messageOpcode = opcode
            fragments = 0
            validator = UTF8Validator()
        }
        guard fragments < limits.maximumFragments else { return .policyViolation }
        fragments += 1
        return nil
    }

    private mutating func takeLength(_ byte: UInt8) -> CloseCode? {
        // Every frame of a client is masked, and none of a server (RFC 6455 5.1).
        guard (byte & 0x80 != 0) == (role == .server) else { return .protocolError }
        let length = byte & 0x7F
        guard length > 125 else {
            frameBytes = UInt64(length)
            return endLength()
        }
        guard !opcode.isControl else { return .protocolError }
        frameBytes = 0
        phase = length == 126 ? .length16 : .length64
        phaseBytes = length == 126 ? 2 : 8
        return nil
    }

    /// Only the shortest form that fits is allowed, and the top bit of the long one is never set.
    private mutating func endExtendedLength() -> CloseCode? {
        guard frameBytes > (phase == .length16 ? 125 : 0xFFFF), frameBytes >> 63 == 0 else { return .protocolError }
        return endLength()
    }

    private mutating func endLength() -> CloseCode? {
        guard opcode.isControl || frameBytes <= UInt64(limits.maximumMessageBytes - messageBytes) else { return .messageTooBig }
        phase = role == .server ? .key : .payload
        phaseBytes = 4
        return nil
    }
}

// MARK: - Payload

extension MessageReader {
    /// A piece of the present frame's payload; a code as soon as text cannot become valid UTF-8 any more (RFC 6455 8.1).
    private mutating func takePayload(_ piece: Span<UInt8>) -> CloseCode? {
        let start = storage.count
        switch role {
        case .server: key.unmask(piece, appendingTo: &storage)
        case .client: Output.append(piece, to: &storage)
        }
        frameBytes -= UInt64(piece.count)
        guard !opcode.isControl else { return nil }
        messageBytes = storage.count
        guard messageOpcode == .text else { return nil }
        var validator = validator
        let isValid = validator.consume(storage.span.extracting(start...))
        self.validator = validator
        return isValid ? nil : .invalidPayload
    }

    /// Nil after a fragment with more to follow.
    private mutating func endFrame() -> Event? {
        phase = .opcode
        switch opcode {
        case .ping: return .ping
        case .pong: return .pong
        case .close:
            let event = closeEvent()
            end()
            return event
        case .continuation, .text, .binary:
            guard isFinal else { return nil }
            let isText = messageOpcode == .text
            guard !isText || validator.isAtBoundary else {
                end()
                return .failure(.invalidPayload)
            }
            messageOpcode = nil
            messageBytes = 0
            return isText ? .text : .binary
        }
    }

    /// Judges the body of a close frame: nothing, or a code and a reason in UTF-8 (RFC 6455 5.5.1).
    private func closeEvent() -> Event {
        let body = storage.span.extracting(messageBytes...)
        guard !body.isEmpty else { return .close(nil) }
        guard body.count > 1 else { return .failure(.protocolError) }
        let code = CloseCode(rawValue: UInt16(body[0]) << 8 | UInt16(body[1]))
        guard code.isValidOnTheWire else { return .failure(.protocolError) }
        return UTF8Validator.isValid(body.extracting(2...)) ? .close(code) : .failure(.invalidPayload)
    }
}
