package import Broadcast
package import EngineIO
package import HTTPEdge
package import SocketIO

/// What has happened lately to the sockets of one loop, for whoever asks what became of one. Written when a client comes, goes, subscribes
/// or leaves, never when a message passes. Confined to its loop.
package struct SocketJournal {
    package enum Event: Sendable, Equatable {
        case connected
        /// From long-polling to a WebSocket.
        case upgraded
        case subscribed(ChannelName)
        case unsubscribed(ChannelName)
        case subscriptionRefused(ChannelRefusal)
        /// The client left the namespace, but its connection stayed.
        case left
        case ended(CloseReason)
    }

    package struct Entry: Sendable {
        package let socket: SocketIdentifier
        package let time: Milliseconds
        package let event: Event
    }

    /// One that is gone.
    package struct Ended: Sendable {
        package let socket: SocketIdentifier
        package let address: String?
        package let time: Milliseconds
        /// How long it was there.
        package let age: Milliseconds
        package let reason: CloseReason
    }

    private var entries = LatestEntries<Entry>(capacity: 2_048)
    private var ends = LatestEntries<Ended>(capacity: 64)

    mutating func note(_ event: Event, of socket: SocketIdentifier, at time: Milliseconds) {
        self.entries.append(Entry(socket: socket, time: time, event: event))
    }

    mutating func noteEnd(_ ended: Ended) {
        self.note(.ended(ended.reason), of: ended.socket, at: ended.time)
        self.ends.append(ended)
    }

    /// What is remembered of one socket, the oldest first.
    package func entries(of socket: SocketIdentifier) -> [Entry] {
        self.entries.all.filter { $0.socket == socket }
    }

    /// Those who ended last, the oldest first.
    package var ended: [Ended] { self.ends.all }

    package func ended(_ socket: SocketIdentifier) -> Ended? {
        self.ends.all.last { $0.socket == socket }
    }
}

/// The latest of many, in their order. Takes no more memory than it has had elements.
struct LatestEntries<Element> {
    private var elements: [Element] = []
    private let capacity: Int
    /// Where the oldest is, once all places are taken.
    private var start = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func append(_ element: Element) {
        if self.elements.count < self.capacity {
            self.elements.append(element)
        } else {
            self.elements[self.start] = element
            self.start = (self.start + 1) % self.capacity
        }
    }

    /// The oldest first.
    var all: [Element] { Array(self.elements[self.start...] + self.elements[..<self.start]) }
}
