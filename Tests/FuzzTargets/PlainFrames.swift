import WebSocketFraming

/// A reader of whole conversations by another method than `MessageReader`'s: everything is there, so a frame is a slice. After RFC 6455
/// section 5.
struct PlainFrames {
    private let limits: MessageLimits
    private let isServer: Bool
    private var rest: ArraySlice<UInt8>
    private var events: [FrameEvent] = []
    /// Of the open message.
    private var message: [UInt8] = []
    private var isText = false
    private var fragments = 0

    private init(_ bytes: [UInt8], limits: MessageLimits, isServer: Bool) {
        self.rest = bytes[...]
        self.limits = limits
        self.isServer = isServer
    }

    static func read(_ bytes: [UInt8], limits: MessageLimits, role: EndpointRole) -> [FrameEvent] {
        var frames = PlainFrames(bytes, limits: limits, isServer: role == .server)
        while frames.takeFrame() {}
        return frames.events
    }

    private mutating func end(_ event: FrameEvent) -> Bool {
        self.events.append(event)
        return false
    }

    /// False behind the last frame that says something.
    private mutating func takeFrame() -> Bool {
        guard let first = self.rest.popFirst() else { return false }
        let code = first & 15
        guard first & 0x70 == 0, [0, 1, 2, 8, 9, 10].contains(code) else { return self.end(.failure(.protocolError)) }
        let isFinal = first >= 0x80
        if code >= 8 {
            guard isFinal else { return self.end(.failure(.protocolError)) }
        } else {
            guard (code == 0) == (self.fragments > 0) else { return self.end(.failure(.protocolError)) }
            guard self.fragments < self.limits.maximumFragments else { return self.end(.failure(.policyViolation)) }
            self.fragments += 1
            if code != 0 { self.isText = code == 1 }
        }
        guard let second = self.rest.popFirst() else { return false }
        guard (second >= 0x80) == self.isServer else { return self.end(.failure(.protocolError)) }
        var length = UInt64(second & 0x7F)
        if length > 125 {
            guard code < 8 else { return self.end(.failure(.protocolError)) }
            let wide = length == 127
            let field = self.rest.prefix(wide ? 8 : 2)
            self.rest = self.rest.dropFirst(field.count)
            guard field.count == (wide ? 8 : 2) else { return false }
            length = field.reduce(0) { $0 * 256 + UInt64($1) }
            guard wide ? length > 0xFFFF && length < 1 << 63 : length > 125 else { return self.end(.failure(.protocolError)) }
        }
        if code < 8 {
            let room = self.limits.maximumMessageBytes - self.message.count
            guard length <= UInt64(room) else { return self.end(.failure(.messageTooBig)) }
        }
        var key: [UInt8] = [0, 0, 0, 0]
        if self.isServer {
            guard self.rest.count >= 4 else { return false }
            key = Array(self.rest.prefix(4))
            self.rest = self.rest.dropFirst(4)
        }
        let payload = self.rest.prefix(Int(min(length, UInt64(self.rest.count)))).enumerated().map { $1 ^ key[$0 % 4] }
        self.rest = self.rest.dropFirst(payload.count)
        let isWhole = UInt64(payload.count) == length
        return code < 8 ? self.takeData(payload, isWhole: isWhole, isFinal: isFinal) : isWhole && self.takeControl(code, payload)
    }

    private mutating func takeData(_ payload: [UInt8], isWhole: Bool, isFinal: Bool) -> Bool {
        self.message += payload
        if self.isText, !Self.mayBecomeText(self.message) { return self.end(.failure(.invalidPayload)) }
        guard isWhole else { return false }
        guard isFinal else { return true }
        if self.isText, String(validating: self.message, as: UTF8.self) == nil { return self.end(.failure(.invalidPayload)) }
        self.events.append(self.isText ? .text(self.message) : .binary(self.message))
        self.message = []
        self.fragments = 0
        return true
    }

    private mutating func takeControl(_ code: UInt8, _ payload: [UInt8]) -> Bool {
        guard code == 8 else {
            self.events.append(code == 9 ? .ping(payload) : .pong(payload))
            return true
        }
        guard !payload.isEmpty else { return self.end(.close(nil)) }
        guard payload.count > 1 else { return self.end(.failure(.protocolError)) }
        let reason = CloseCode(rawValue: UInt16(payload[0]) * 256 + UInt16(payload[1]))
        let isAllowed = [1000...1003, 1007...1014, 3000...4999].contains { $0.contains(reason.rawValue) }
        guard isAllowed else { return self.end(.failure(.protocolError)) }
        let isText = String(validating: payload[2...], as: UTF8.self) != nil
        return self.end(isText ? .close(reason) : .failure(.invalidPayload))
    }

    /// Whether some bytes behind these would make them UTF-8.
    private static func mayBecomeText(_ bytes: [UInt8]) -> Bool {
        if String(validating: bytes, as: UTF8.self) != nil { return true }
        let borders: [UInt8] = [0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF]
        for cut in 1...3 where cut <= bytes.count {
            guard String(validating: bytes.dropLast(cut), as: UTF8.self) != nil else { continue }
            var tails = [Array(bytes.suffix(cut))]
            for _ in cut...3 {
                tails = tails.flatMap { tail in borders.map { tail + [$0] } }
                if tails.contains(where: { String(validating: $0, as: UTF8.self) != nil }) { return true }
            }
        }
        return false
    }
}
