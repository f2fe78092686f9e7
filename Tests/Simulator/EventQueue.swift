/// What happens outside of the loops, ordered by time; at the same time by who and in whose order, never by when it was put in: the order
/// in which the product walks through a dictionary must not show.
struct EventQueue {
    enum Action {
        /// Bytes, or the end, reach the server: the next on their way on that wire.
        case arrival(Wire)
        /// Bytes have left the kernel for the client, or there is room in it again.
        case clientRead(Wire)
        /// The network has given up on a peer that has vanished.
        case userTimeout(Wire)
        case wake(any Actor)
        /// A loop is held up by something.
        case stall
    }

    struct Event {
        let time: UInt64
        let actor: Int
        let number: Int
        let action: Action

        static func < (left: Event, right: Event) -> Bool {
            (left.time, left.actor, left.number) < (right.time, right.actor, right.number)
        }
    }

    /// A binary heap.
    private var events: [Event] = []

    var first: Event? { self.events.first }
    var isEmpty: Bool { self.events.isEmpty }

    mutating func insert(_ event: Event) {
        self.events.append(event)
        var index = self.events.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard self.events[index] < self.events[parent] else { return }
            self.events.swapAt(index, parent)
            index = parent
        }
    }

    mutating func popFirst() -> Event? {
        guard let last = self.events.popLast() else { return nil }
        guard let first = self.events.first else { return last }
        self.events[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < self.events.count && self.events[child] < self.events[least] {
                least = child
            }
            guard least != index else { return first }
            self.events.swapAt(index, least)
            index = least
        }
    }

    mutating func removeAll() { self.events = [] }
}

/// Somebody outside of the server who does things from time to time.
protocol Actor: AnyObject {
    func woken()
}
