import AccessControl
import Backplane
import Broadcast
import HTTPAPI
import WireBytes

/// The whole cluster for introspection and administration (contract 10): this node's part and what the others answer within a second.
/// Without a backplane this node is all there is. Used from every thread.
final class Cluster: Sendable {
    private let hub: Hub
    private let channels: ChannelLists
    private let sockets: ServerSockets
    private let backplane: Backplane?

    init(hub: Hub, sockets: ServerSockets, backplane: Backplane?) {
        self.hub = hub
        self.channels = ChannelLists(hub: hub)
        self.sockets = sockets
        self.backplane = backplane
    }

    // MARK: - What this node is asked

    /// The JSON of a page of channels.
    func channels(_ query: ChannelQuery) async -> [UInt8] {
        guard let backplane else { return await self.channels.page(query).json(nodes: nil) }
        let question = NodeQuestion.channels(
            prefix: String(decoding: query.prefix, as: UTF8.self), after: String(decoding: query.after, as: UTF8.self), limit: query.limit,
            patterns: Self.patterns(of: query.key))
        async let own = self.channels.page(query)
        let answers = await self.ask(question, over: backplane)
        let pages = answers.parts.compactMap(\.page)
        return ChannelPage.sum([await own] + pages, limit: query.limit).json(nodes: answers.report)
    }

    func subscribers(of channel: ChannelName) async -> (Int, NodeReport) {
        let own = self.hub.subscribers(of: channel)
        guard let backplane else { return (own, NodeReport(asked: 1, answered: [])) }
        let answers = await self.ask(.subscribers(channel: String(decoding: channel.bytes, as: UTF8.self)), over: backplane)
        let others = answers.parts.reduce(0) { sum, part in
            guard case .subscribers(let count) = part, (0...1_000_000_000).contains(count) else { return sum }
            return sum + count
        }
        return (own + others, answers.report)
    }

    /// The JSON of a socket's story; nil if no node that answers knows it.
    func describe(_ id: [UInt8], for key: AccessKey?) async -> [UInt8]? {
        if let json = await self.sockets.describe(id, for: key) { return json }
        guard let backplane else { return nil }
        let question = NodeQuestion.socket(id: String(decoding: id, as: UTF8.self), patterns: Self.patterns(of: key))
        for part in await self.ask(question, over: backplane).parts {
            if case .socket(let json) = part, !json.isEmpty { return Array(json.utf8) }
        }
        return nil
    }

    func disconnect(_ id: [UInt8], by order: SocketsEndpoint.Order) async -> Bool {
        if await self.sockets.disconnect(id, by: order) { return true }
        guard let backplane else { return false }
        let question = NodeQuestion.disconnect(id: String(decoding: id, as: UTF8.self), key: order.keyName, peer: order.peer)
        return await self.ask(question, over: backplane).parts.contains { part in
            if case .disconnected(true) = part { true } else { false }
        }
    }

    private func ask(_ question: NodeQuestion, over backplane: Backplane) async -> (parts: [NodeAnswer], report: NodeReport) {
        let answers = await backplane.ask(question.bytes)
        let parts = answers.answers.compactMap { answer in NodeAnswer(parsing: answer.text).map { (answer.node, $0) } }
        let names = [backplane.name] + parts.map { Backplane.name(of: $0.0) }
        return (parts.map(\.1), NodeReport(asked: answers.asked + 1, answered: names))
    }

    private static func patterns(of key: AccessKey?) -> [String] {
        key?.channels.map { String(decoding: $0.text, as: UTF8.self) } ?? []
    }

    // MARK: - What other nodes ask

    /// Nil for a question of a newer node.
    func answer(_ bytes: [UInt8]) async -> [UInt8]? {
        switch NodeQuestion(parsing: bytes) {
        case nil:
            return nil
        case .channels(let prefix, let after, let limit, let patterns):
            guard let key = Self.key(patterns), limit >= 1 else { return nil }
            let query = ChannelQuery(prefix: Array(prefix.utf8), after: Array(after.utf8), limit: limit, key: key)
            return NodeAnswer(await self.channels.page(query)).bytes
        case .subscribers(let channel):
            return NodeAnswer.subscribers(self.hub.subscribers(of: ChannelName(Array(channel.utf8)))).bytes
        case .socket(let id, let patterns):
            guard let key = Self.key(patterns) else { return nil }
            let json = await self.sockets.describe(Array(id.utf8), for: key)
            return NodeAnswer.socket(json.map { String(decoding: $0, as: UTF8.self) } ?? "").bytes
        case .disconnect(let id, let key, let peer):
            let order = SocketsEndpoint.Order(keyName: key, peer: peer)
            return NodeAnswer.disconnected(await self.sockets.disconnect(Array(id.utf8), by: order)).bytes
        }
    }

    /// A key that sees what the asking one sees. Nil for a pattern that this version does not understand: then it says nothing.
    private static func key(_ patterns: [String]) -> AccessKey? {
        let compiled = patterns.compactMap { try? ChannelPattern(compiling: Array($0.utf8).span) }
        return compiled.count == patterns.count ? AccessKey(name: "", secret: "", channels: compiled) : nil
    }
}
