import Broadcast
import HTTPAPI

/// Makes pages of channels one after the other: however many ask for them, they keep one processor busy at most, and none that serves
/// connections.
actor ChannelLists {
    private let hub: Hub

    init(hub: Hub) {
        self.hub = hub
    }

    func page(_ query: ChannelQuery) -> ChannelPage {
        query.page(of: self.hub)
    }
}
