import WebSocketFraming

/// One event of a WebSocket reader with its payload.
enum FrameEvent: Equatable {
    case text([UInt8])
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(CloseCode?)
    case failure(CloseCode)

    init(_ event: MessageReader.Event, payload: ArraySlice<UInt8>) {
        // A copy byte by byte: `Array(payload)` may be the reader's own storage, which then has to take new one.
        let copy = payload.map { $0 }
        switch event {
        case .text: self = .text(copy)
        case .binary: self = .binary(copy)
        case .ping: self = .ping(copy)
        case .pong: self = .pong(copy)
        case .close(let code): self = .close(code)
        case .failure(let code): self = .failure(code)
        }
    }

    /// Nothing comes behind it.
    var isEnd: Bool {
        switch self {
        case .close, .failure: true
        case .text, .binary, .ping, .pong: false
        }
    }
}
