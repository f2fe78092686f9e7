import WireBytes

/// The events that the server sends on its own account and what it answers to those that are meant for itself (contract 6), as the text of
/// a JSON array.
package enum ServerEvent {
    /// `["fanfare:expiring",{"in":30}]`
    /// - Parameter seconds: until the token ends.
    package static func expiring(inSeconds seconds: Int) -> [UInt8] {
        var json: [UInt8] = []
        Output.append(#"["fanfare:expiring",{"in":"#, to: &json)
        ASCII.appendDecimal(seconds, to: &json)
        Output.append("}]", to: &json)
        return json
    }

    /// `["fanfare:expired",{"channels":["…"]}]`
    /// - Parameter channels: names, in the order of their subscription.
    package static func expired(channels: [[UInt8]]) -> [UInt8] {
        var json: [UInt8] = []
        Output.append(#"["fanfare:expired",{"channels":["#, to: &json)
        for (index, channel) in channels.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            JSONText.appendQuoted(channel.span, to: &json)
        }
        Output.append("]}]", to: &json)
        return json
    }

    /// The event that says that messages of a channel may be missing (contract 10).
    package static let gapName = Array("fanfare:gap".utf8)

    /// `{"channel":"…"}`
    package static func gapPayload(channel: [UInt8]) -> [UInt8] {
        var json: [UInt8] = []
        Output.append(#"{"channel":"#, to: &json)
        JSONText.appendQuoted(channel.span, to: &json)
        json.append(UInt8(ascii: "}"))
        return json
    }

    /// `["fanfare:gap",{"channel":"…"}]`, for one client.
    package static func gap(channel: [UInt8]) -> [UInt8] {
        Array(#"["fanfare:gap","#.utf8) + self.gapPayload(channel: channel) + [UInt8(ascii: "]")]
    }

    /// The acknowledgement of a `fanfare:refresh`: as that of `subscribe` with an object, about no one channel.
    package static func refreshed(_ refusal: ChannelRefusal?) -> [UInt8] {
        guard let refusal else { return Array(#"[{"ok":true,"channel":null}]"#.utf8) }
        let command = ChannelCommand(verb: .subscribe, form: .object, targets: [.refused(channel: nil, refusal)])
        return command.acknowledgement(outcomes: [.refused(channel: nil, refusal)])
    }
}
