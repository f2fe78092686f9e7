/// Who answers questions about the whole server, for the endpoints of each loop.
struct ServerQuestions: Sendable {
    let metrics: ServerMetrics
    let cluster: Cluster
    let console: ServerConsole
}
