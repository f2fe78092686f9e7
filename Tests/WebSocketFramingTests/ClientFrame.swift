import WebSocketFraming

/// The client's side of the framing, with every field open to be wrong.
struct ClientFrame {
    enum LengthForm {
        case shortest
        case bits16
        case bits64
    }

    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    var reserved: UInt8 = 0
    var key: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    var lengthForm = LengthForm.shortest
    /// The length to announce; the payload's own if nil.
    var claimedLength: UInt64?

    init(_ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true) {
        self.init(rawOpcode: opcode.rawValue, payload, isFinal: isFinal)
    }

    init(rawOpcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) {
        self.opcode = rawOpcode
        self.payload = payload
        self.isFinal = isFinal
    }

    var header: [UInt8] {
        let length = claimedLength ?? UInt64(payload.count)
        let maskBit: UInt8 = key == nil ? 0 : 0x80
        var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        switch (lengthForm, length) {
        case (.shortest, ...125):
            bytes.append(maskBit | UInt8(length))
        case (.shortest, ...0xFFFF), (.bits16, _):
            bytes.append(maskBit | 126)
            bytes += [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
        default:
            bytes.append(maskBit | 127)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        }
        return bytes
    }

    var bytes: [UInt8] {
        guard let key else { return header + payload }
        return header + key + payload.enumerated().map { $0.element ^ key[$0.offset % 4] }
    }
}

extension Array<UInt8> {
    init(_ frames: [ClientFrame]) {
        self = frames.flatMap(\.bytes)
    }
}
