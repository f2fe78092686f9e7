import Emitters
import WireBytes

/// An event as its receivers are to hear it, in texts.
struct HeardEvent: Equatable, Sendable {
    /// Nil for everyone.
    var rooms: [String]?
    var except: [String]
    var event: String
    /// A JSON array.
    var arguments: String
    var attachments: [[UInt8]]
    /// Whether the parts agree with one another.
    var isSound = true

    init(_ event: String, _ arguments: String, rooms: [String]? = nil, except: [String] = [], attachments: [[UInt8]] = []) {
        self.rooms = rooms
        self.except = except
        self.event = event
        self.arguments = arguments
        self.attachments = attachments
    }

    /// With the name that most vectors have.
    init(_ arguments: String, rooms: [String]? = nil, except: [String] = [], attachments: [[UInt8]] = []) {
        self.init("hello", arguments, rooms: rooms, except: except, attachments: attachments)
    }

    init(_ event: EmittedEvent) {
        if case .rooms(let rooms) = event.audience { self.rooms = rooms.map { Self.text($0) } }
        self.except = event.except.map { Self.text($0) }
        self.event = Self.text(event.event)
        self.arguments = Self.text(event.argumentsJSON)
        self.attachments = event.attachments
        self.isSound = Self.isSound(event)
    }

    /// The count is that of the array, the payload its only element, and the whole is JSON.
    private static func isSound(_ event: EmittedEvent) -> Bool {
        let json = event.argumentsJSON
        let whole = 0..<json.count
        guard (try? JSONScanner.scan(json.span, maximumDepth: 1_000)) == whole, var elements = JSONElements(array: whole, in: json.span)
        else { return false }
        var values: [Range<Int>] = []
        while let value = elements.next(in: json.span) { values.append(value) }
        return values.count == event.argumentCount && event.payload == (values.count == 1 ? values[0] : nil)
            && NameRule.checkEvent(event.event.span) == nil
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
