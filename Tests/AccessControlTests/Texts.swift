import AccessControl

// Spans do not go into expectations: texts and arrays instead.

extension ChannelPattern {
    init(_ text: String) throws(Fault) {
        try self.init(compiling: Array(text.utf8).span)
    }

    func matches(_ name: String) -> Bool { self.matches(Array(name.utf8).span) }
    func matches(_ name: [UInt8]) -> Bool { self.matches(name.span) }
}

extension ChannelRules {
    func firstMatch(_ channel: String) -> Subscription? { self.firstMatch(Array(channel.utf8).span) }
    func requiresToken(_ channel: String) -> Bool { self.requiresToken(Array(channel.utf8).span) }
}

extension AccessKey {
    func mayPublish(to channel: String) -> Bool { self.mayPublish(to: Array(channel.utf8).span) }
}
