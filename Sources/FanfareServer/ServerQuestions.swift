/// Who answers questions about the whole server, for the endpoints of each loop.
struct ServerQuestions: Sendable {
    let metrics: ServerMetrics
    let channels: ChannelLists
    let sockets: ServerSockets
    let console: ServerConsole
}
