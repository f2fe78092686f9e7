import AccessControl
import Broadcast
import EngineIO
import HTTPEdge
import Realtime
import SocketIO
import WireBytes

/// What is known of one socket on all loops: as it is, or how it ended, and what has happened to it lately.
struct SocketStory: Sendable {
    /// Most events that are told.
    static let maximumEvents = 50

    let socket: SocketIdentifier
    var report: SocketReport?
    var ended: SocketJournal.Ended?
    private var entries: [SocketJournal.Entry] = []

    init(of socket: SocketIdentifier) {
        self.socket = socket
    }

    /// What one loop knows. Called on it.
    /// - Parameter key: of channels that it is not for nothing is said.
    init(of socket: SocketIdentifier, on loop: RealtimeLoop, for key: AccessKey?) {
        self.socket = socket
        self.report = loop.report(on: socket) { key?.covers($0.bytes.span) ?? true }
        self.ended = loop.journal.ended(socket)
        self.entries = loop.journal.entries(of: socket).filter { entry in
            switch entry.event {
            case .subscribed(let channel), .unsubscribed(let channel): key?.covers(channel.bytes.span) ?? true
            default: true
            }
        }
    }

    mutating func add(_ other: SocketStory) {
        self.report = self.report ?? other.report
        self.ended = self.ended ?? other.ended
        self.entries = (self.entries + other.entries).sorted { $0.time < $1.time }
    }

    var isUnknown: Bool { self.report == nil && self.ended == nil }

    func json(now: Milliseconds) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("id", text: self.socket.characters)
            json.member("connected", self.report != nil)
            json.member("transport", text: self.report?.transport)
            json.member("address", text: self.report?.address ?? self.ended?.address)
            json.member("age", Self.seconds(self.report?.age ?? self.ended?.age ?? 0))
            json.member("channels", arrayOf: self.report?.channels ?? []) { $0.text($1.bytes) }
            json.member("channel_count", self.report?.channelCount ?? 0)
            json.member("queued_bytes", self.report?.queuedBytes ?? 0)
            json.member("queue_seconds", Self.seconds(self.report?.queueAge ?? 0))
            json.member("events", arrayOf: self.entries.suffix(Self.maximumEvents)) { json, entry in
                json.object { json in
                    json.member("seconds_ago", Self.seconds(now - entry.time))
                    json.member("event", text: entry.event.name)
                    json.member("detail", text: entry.event.detail)
                }
            }
        }
        return json.bytes
    }

    static func seconds(_ milliseconds: Milliseconds) -> Double {
        Double(max(milliseconds, 0)) / 1_000
    }
}

extension SocketReport {
    var transport: String { self.isOnWebSocket ? "websocket" : "polling" }
}

extension SocketJournal.Event {
    var name: String {
        switch self {
        case .connected: "connected"
        case .upgraded: "upgraded"
        case .subscribed: "subscribed"
        case .unsubscribed: "unsubscribed"
        case .subscriptionRefused: "subscription refused"
        case .left: "left"
        case .ended: "ended"
        }
    }

    var detail: [UInt8]? {
        switch self {
        case .connected, .upgraded, .left: nil
        case .subscribed(let channel), .unsubscribed(let channel): channel.bytes
        case .subscriptionRefused(let refusal): Array(refusal.code.description.utf8)
        case .ended(let reason): Array(reason.label.description.utf8)
        }
    }
}
