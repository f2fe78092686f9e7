import Broadcast
import HTTPAPI

/// Makes pages of channels one after the other: however many ask for them, they keep one processor busy at most, and none that serves
/// connections.
actor ChannelLists {
    private let hub: Hub

    init(hub: Hub) {
        self.hub = hub
    }

    /// The JSON that answers a query.
    func answer(_ query: ChannelQuery) -> [UInt8] {
        query.answer(self.hub)
    }
}
