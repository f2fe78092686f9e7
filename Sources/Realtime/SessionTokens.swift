import AccessControl
import Broadcast

/// Everything about one connection's tokens; there only for connections that have shown one. Confined to the connection's loop.
final class SessionTokens {
    /// What moves along to another loop.
    struct Content: Sendable {
        var grants = TokenGrants()
        var wait: TokenWait?
        var held = HeldPackets()
        var lastNumber = 0
    }

    var content: Content

    init(_ content: Content = Content()) {
        self.content = content
    }
}

@available(*, unavailable) extension SessionTokens: Sendable {}
