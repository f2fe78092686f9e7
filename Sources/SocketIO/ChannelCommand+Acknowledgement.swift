import WireBytes

extension ChannelCommand {
    /// The arguments of the command's acknowledgement, the text of a JSON array. It always has exactly one element, as one client's
    /// callbacks take no other number (protocol.md 3.4): a string, an object, or for a list an array of objects.
    /// - Parameter outcomes: one for each of `targets`, in their order.
    package func acknowledgement(outcomes: [Outcome]) -> [UInt8] {
        var json: [UInt8] = [UInt8(ascii: "[")]
        switch self.form {
        case .list:
            json.append(UInt8(ascii: "["))
            for (index, outcome) in outcomes.enumerated() {
                if index > 0 {
                    json.append(UInt8(ascii: ","))
                }
                Self.appendObject(outcome, to: &json)
            }
            json.append(UInt8(ascii: "]"))
        case .object:
            Self.appendObject(Self.only(outcomes), to: &json)
        case .text:
            switch Self.only(outcomes) {
            case .accepted(let channel):
                self.appendSentence(channel, to: &json)
            case .refused(let channel, let refusal):
                Self.appendObject(.refused(channel: channel, refusal), to: &json)
            }
        }
        json.append(UInt8(ascii: "]"))
        return json
    }

    /// These forms have one target each.
    private static func only(_ outcomes: [Outcome]) -> Outcome {
        outcomes.first ?? .refused(channel: nil, .unavailable)
    }

    /// The words of the service that this server replaces.
    private func appendSentence(_ channel: [UInt8], to json: inout [UInt8]) {
        var sentence: [UInt8] = []
        switch self.verb {
        case .subscribe: Output.append("Entered room: ", to: &sentence)
        case .unsubscribe: Output.append("Left room: ", to: &sentence)
        }
        sentence += channel
        JSONText.appendQuoted(sentence.span, to: &json)
    }

    private static func appendObject(_ outcome: Outcome, to json: inout [UInt8]) {
        switch outcome {
        case .accepted(let channel):
            Output.append(#"{"ok":true,"channel":"#, to: &json)
            JSONText.appendQuoted(channel.span, to: &json)
            Output.append("}", to: &json)
        case .refused(let channel, let refusal):
            Output.append(#"{"ok":false,"channel":"#, to: &json)
            if let channel {
                JSONText.appendQuoted(channel.span, to: &json)
            } else {
                Output.append("null", to: &json)
            }
            Output.append(#","error":{"code":""#, to: &json)
            Output.append(refusal.code, to: &json)
            Output.append(#"","message":"#, to: &json)
            let message = Array(refusal.message.utf8)
            JSONText.appendQuoted(message.span, to: &json)
            Output.append("}}", to: &json)
        }
    }
}
