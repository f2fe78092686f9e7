import WebSocketFraming
import WireBytes

/// WebSocket frames. The input: a byte for role and limits, the cuts, then what came in. The events may not depend on the cuts, and have
/// to be those of `PlainFrames`.
package enum FrameTarget: FuzzTarget {
    package static func check(_ input: [UInt8]) throws(Fault) {
        var input = FuzzInput(input)
        let options = input.byte()
        let role: EndpointRole = options & 1 == 0 ? .server : .client
        let limits =
            switch options >> 1 & 3 {
            case 0: MessageLimits()
            case 1: MessageLimits(maximumMessageBytes: 20, maximumFragments: 3)
            case 2: MessageLimits(maximumMessageBytes: 200, maximumFragments: 1)
            default: MessageLimits(maximumMessageBytes: 70_000, maximumFragments: 4)
            }
        let pieces = input.pieces()
        let bytes = Array(pieces.joined())
        let whole = try FrameTrace([bytes], limits: limits, role: role)
        let cut = try FrameTrace(pieces, limits: limits, role: role)
        try Fault.unless(cut == whole, "cut: \(cut), whole: \(whole)")
        if bytes.count <= 512 {
            let single = try FrameTrace(bytes.map { [$0] }, limits: limits, role: role)
            try Fault.unless(single == whole, "byte by byte: \(single), whole: \(whole)")
        }
        let expected = PlainFrames.read(bytes, limits: limits, role: role)
        try Fault.unless(whole.events == expected, "the events are \(whole.events), not \(expected)")
        for event in whole.events { try self.checkEvent(event, limits: limits, role: role) }
    }

    /// What was read can be written as one frame of the other role, and reads the same.
    private static func checkEvent(_ event: FrameEvent, limits: MessageLimits, role: EndpointRole) throws(Fault) {
        switch event {
        case .text(let payload), .binary(let payload):
            try Fault.unless(payload.count <= limits.maximumMessageBytes, "a message of \(payload.count) bytes")
            let opcode: Opcode = event == .text(payload) ? .text : .binary
            var frame: [UInt8] = []
            FrameHeader.append(opcode: opcode, payloadByteCount: payload.count, to: &frame)
            let headerCount = FrameHeader.byteCount(payloadByteCount: payload.count)
            try Fault.unless(frame.count == headerCount, "a header of \(frame.count) bytes, \(headerCount) were said")
            try self.expect(event, from: frame + payload)
        case .ping(let payload):
            try self.expect(.pong(payload), from: ControlFrame.pong(payload.span))
        case .pong(let payload):
            try Fault.unless(payload.count <= 125, "a pong of \(payload.count) bytes")
        case .close(let code), .failure(let code as CloseCode?):
            try self.expect(.close(code), from: ControlFrame.close(code))
        }
    }

    private static func expect(_ event: FrameEvent, from frame: [UInt8]) throws(Fault) {
        let trace = try FrameTrace([frame], limits: MessageLimits(), role: .client)
        try Fault.unless(trace.events == [event] && !trace.isInsideMessage, "our own frame is read as \(trace.events)")
    }
}
