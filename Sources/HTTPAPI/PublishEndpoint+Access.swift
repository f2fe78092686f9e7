import AccessControl
import Broadcast
import HTTPEdge

/// Who may publish (contract 6).
extension PublishEndpoint {
    /// Judges a publish before its body is read; answers it if it may not go on.
    func isPermitted(_ request: Request, on exchange: Exchange) -> Bool {
        guard case .granted(let key) = self.access.admit(request, on: exchange) else { return false }
        guard let key, key.isLimitedToChannels else { return true }
        // Only for such a key the names are needed now, and a bad one is told now.
        guard let (channel, _) = self.names(of: request, on: exchange) else { return false }
        if key.mayPublish(to: channel.bytes.span) { return true }
        self.access.refuse(.channelNotPermitted, keyName: key.name, request, on: exchange)
        return false
    }
}
