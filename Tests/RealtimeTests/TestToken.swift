/// Tokens as `ScriptedVerifier` takes them.
enum TestToken {
    /// - Parameter seconds: from the start of the virtual clock to `exp`.
    static func text(_ subject: String = "alice", _ channels: String..., seconds: Int = 3_600) -> String {
        let patterns = channels.map { #""\#($0)""# }.joined(separator: ",")
        return #"{"sub":"\#(subject)","exp":\#(VirtualClock.start / 1_000 + Int64(seconds)),"channels":[\#(patterns)]}"#
    }
}

extension String {
    /// As a JSON string.
    var quoted: String {
        "\"" + self.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }

    /// A CONNECT packet with a token.
    static func connect(_ token: String) -> String {
        #"40{"token":\#(token.quoted)}"#
    }
}
