/// How a shard finds those who are connected, subscribed to something or not. Confined to its loop.
package struct SocketLookup {
    let everybody: () -> [Subscriber]
    /// By the id that its client knows.
    let socket: ([UInt8]) -> Subscriber?

    package init(everybody: @escaping () -> [Subscriber] = { [] }, socket: @escaping ([UInt8]) -> Subscriber? = { _ in nil }) {
        self.everybody = everybody
        self.socket = socket
    }
}
