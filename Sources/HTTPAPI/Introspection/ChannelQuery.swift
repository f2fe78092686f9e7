package import AccessControl
package import Broadcast
import HTTPEdge
import WireBytes

/// What `GET /channels` asks for, and its answer. A value, so that the answer can be made where it holds up nobody.
package struct ChannelQuery: Sendable {
    static let standardLimit = 100
    static let maximumLimit = 1_000

    package let prefix: [UInt8]
    package let after: [UInt8]
    package let limit: Int
    /// Channels that it is not for are left out; nil on an open server.
    package let key: AccessKey?

    /// - Parameter limit: at least 1.
    package init(prefix: [UInt8], after: [UInt8], limit: Int, key: AccessKey?) {
        self.prefix = prefix
        self.after = after
        self.limit = min(limit, Self.maximumLimit)
        self.key = key
    }

    /// - Throws: the body of the refusal.
    init(_ target: RequestTarget, key: AccessKey?) throws(Problem.Body) {
        self.key = key
        self.prefix = try Self.text("prefix", of: target)
        self.after = try Self.text("after", of: target)
        guard let item = target.queryItem("limit") else {
            self.limit = Self.standardLimit
            return
        }
        guard let limit = ASCII.parseDecimal(target.text.utf8.span.extracting(item)) else {
            throw Problem.invalidQuery("limit", type: "int_parsing", "The limit is a whole number")
        }
        guard limit >= 1 else {
            throw Problem.invalidQuery("limit", type: "greater_than_equal", "The limit is 1 or more")
        }
        guard limit <= Self.maximumLimit else {
            throw Problem.invalidQuery("limit", type: "less_than_equal", "The limit is \(Self.maximumLimit) or less")
        }
        self.limit = limit
    }

    private static func text(_ name: StaticString, of target: RequestTarget) throws(Problem.Body) -> [UInt8] {
        guard let item = target.queryItem(name) else { return [] }
        guard let text = target.decoded(item) else {
            throw Problem.invalidQuery(name, type: "value_error", "The \(name) has a bad percent escape or is not UTF-8")
        }
        return text
    }

    /// What there is on this node. Called on any thread; looks at every channel.
    package func page(of hub: Hub) -> ChannelPage {
        let (page, hasMore) = hub.channels(prefix: self.prefix, after: self.after, limit: self.limit) { name in
            self.key?.covers(name.bytes.span) ?? true
        }
        return ChannelPage(channels: page, hasMore: hasMore)
    }
}
