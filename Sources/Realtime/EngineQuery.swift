import EngineIO
import WireBytes

/// The query of a request to the Engine.IO endpoint (protocol.md 1.2). Of a repeated key the last counts.
struct EngineQuery: Equatable {
    enum TransportName: Equatable {
        case polling
        case webSocket
        case unknown
    }

    enum SessionName: Equatable {
        /// Absent or empty: this is a handshake.
        case none
        case some(SessionIdentifier)
        /// Nothing that this server could have given out.
        case malformed
    }

    var transport = TransportName.unknown
    var session = SessionName.none
    /// `EIO` is exactly `4`; missing means revision 3.
    var isRevision4 = false
    /// `b64` is there and not empty: binary goes as base64 text on this transport.
    var wantsBase64 = false

    init(_ query: Range<Int>?, of target: Span<UInt8>) {
        guard let query else { return }
        var start = query.lowerBound
        while start < query.upperBound {
            var end = start
            var equals: Int?
            while end < query.upperBound, target[end] != UInt8(ascii: "&") {
                if equals == nil, target[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            self.take(name: start..<(equals ?? end), value: (equals.map { $0 + 1 } ?? end)..<end, of: target)
            start = end + 1
        }
    }

    private mutating func take(name: Range<Int>, value: Range<Int>, of target: Span<UInt8>) {
        if Self.equals(name, of: target, "EIO") {
            self.isRevision4 = Self.equals(value, of: target, "4")
        } else if Self.equals(name, of: target, "transport") {
            if Self.equals(value, of: target, "polling") {
                self.transport = .polling
            } else {
                self.transport = Self.equals(value, of: target, "websocket") ? .webSocket : .unknown
            }
        } else if Self.equals(name, of: target, "sid") {
            if value.isEmpty {
                self.session = .none
            } else {
                self.session = SessionIdentifier(parsing: value, of: target).map { .some($0) } ?? .malformed
            }
        } else if Self.equals(name, of: target, "b64") {
            self.wantsBase64 = !value.isEmpty
        }
    }

    private static func equals(_ range: Range<Int>, of bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for index in text.indices where bytes[range.lowerBound + index] != text[index] { return false }
            return true
        }
    }
}
