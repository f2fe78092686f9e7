import Broadcast
import RESP

/// How many subscribe to what on this node, for publishers on any.
extension BackplaneLinks {
    /// Every node tells its counts each ten seconds (`FollowedChannels.quiet`); what is older than this is of a node that is gone.
    static let countLife = 15
    /// And this long Redis remembers any of them, in milliseconds.
    private static let countKeyLife = 60_000

    func tellCounts() {
        guard self.commands.isReady else { return }
        for channel in self.counting.take() {
            self.tellCount(of: channel, over: self.commands, isFirst: true) { [unowned self] in
                self.counting.told()
                if !self.counting.isBusy {
                    self.tellCounts()
                    self.commands.flush()
                }
            }
        }
    }

    func tellCount(of channel: ChannelName, over link: RedisLink, isFirst: Bool, _ done: @escaping () -> Void) {
        let keys = [RedisNames.counts(of: channel)]
        let arguments: [RESPArgument] = [.bytes(self.node), .integer(self.hub.subscribers(of: channel)), .integer(Self.countKeyLife)]
        link.send(RedisScript.count.command(isKnown: isFirst, keys: keys, arguments)) { [unowned self] reply in
            if isFirst, case .error(let text) = reply, text.starts(with: "NOSCRIPT".utf8) {
                self.tellCount(of: channel, over: link, isFirst: false, done)
                return link.flush()
            }
            done()
        }
    }
}
