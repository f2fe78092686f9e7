import WebSocketFraming

/// One event with its payload.
enum Received: Equatable {
    case text([UInt8])
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(CloseCode?)
    case failure(CloseCode)

    init(_ event: MessageReader.Event, payload: ArraySlice<UInt8>) {
        switch event {
        case .text: self = .text(Array(payload))
        case .binary: self = .binary(Array(payload))
        case .ping: self = .ping(Array(payload))
        case .pong: self = .pong(Array(payload))
        case .close(let code): self = .close(code)
        case .failure(let code): self = .failure(code)
        }
    }
}

/// Holds the reader as a connection's handler does, and keeps what it says.
final class Receiver {
    private var reader: MessageReader
    private(set) var received: [Received] = []
    /// Bytes taken up to and with the last event.
    private(set) var bytesUntilEvent = 0
    private var bytesTaken = 0

    init(limits: MessageLimits = MessageLimits(), role: EndpointRole = .server) {
        reader = MessageReader(limits: limits, role: role)
    }

    var isInsideMessage: Bool { reader.isInsideMessage }
    var storageCapacity: Int { reader.storageCapacity }

    func read(_ bytes: [UInt8]) {
        var rest = bytes.span
        var isWaiting = false
        while !isWaiting {
            let step = reader.read(rest)
            rest = rest.extracting(droppingFirst: step.consumed)
            bytesTaken += step.consumed
            if let event = step.event {
                received.append(Received(event, payload: reader.payload))
                bytesUntilEvent = bytesTaken
            } else {
                isWaiting = true
            }
        }
    }

    /// What a fresh reader says to these bytes, given in these pieces.
    static func trace(_ pieces: [[UInt8]], limits: MessageLimits = MessageLimits(), role: EndpointRole = .server) -> [Received] {
        let receiver = Receiver(limits: limits, role: role)
        for piece in pieces {
            receiver.read(piece)
        }
        return receiver.received
    }

    static func trace(_ frames: ClientFrame..., limits: MessageLimits = MessageLimits()) -> [Received] {
        trace([[UInt8](frames)], limits: limits)
    }
}
