/// What carries messages between nodes, at one moment. A value.
package struct BackplaneReading: Sendable {
    package var isUp = false
    package var channels = 0
    package var inFlight = 0
    /// By their result.
    package var publishes: [(value: String, count: Int)] = []
    package var messages: [(value: String, count: Int)] = []
    package var gaps = 0
    package var connections = 0

    package init() {}
}
