import SocketIO
import Testing
import WireBytes

@Suite struct ChannelAcknowledgementTests {
    private static func text(_ verb: ChannelCommand.Verb, _ form: ChannelCommand.Form, _ outcomes: [ChannelCommand.Outcome]) -> String {
        let command = ChannelCommand(verb: verb, form: form, targets: [])
        return String(decoding: command.acknowledgement(outcomes: outcomes), as: UTF8.self)
    }

    private static func accepted(_ name: String) -> ChannelCommand.Outcome {
        .accepted(channel: Array(name.utf8))
    }

    @Test func `one name is answered with the original's sentence`() {
        #expect(Self.text(.subscribe, .text, [Self.accepted("news")]) == #"["Entered room: news"]"#)
        #expect(Self.text(.unsubscribe, .text, [Self.accepted("news")]) == #"["Left room: news"]"#)
        #expect(Self.text(.subscribe, .text, [Self.accepted(#"a"b\c é"#)]) == #"["Entered room: a\"b\\c é"]"#)
    }

    @Test func `an object is answered with an object`() {
        #expect(Self.text(.subscribe, .object, [Self.accepted("news")]) == #"[{"ok":true,"channel":"news"}]"#)
        #expect(Self.text(.unsubscribe, .object, [Self.accepted(#"a"b"#)]) == #"[{"ok":true,"channel":"a\"b"}]"#)
    }

    @Test func `a list is answered with one list, in order`() {
        #expect(
            Self.text(.subscribe, .list, [Self.accepted("a"), .refused(channel: Array("b".utf8), .forbidden), Self.accepted("c")])
                == #"[[{"ok":true,"channel":"a"},"#
                + #"{"ok":false,"channel":"b","error":{"code":"forbidden","message":"The channel is not open to this client."}},"#
                + #"{"ok":true,"channel":"c"}]]"#
        )
        #expect(Self.text(.subscribe, .list, [Self.accepted("a")]) == #"[[{"ok":true,"channel":"a"}]]"#)
        #expect(Self.text(.subscribe, .list, []) == "[[]]")
    }

    @Test("a refusal is an object in every form", arguments: [ChannelCommand.Form.text, .object])
    func refusal(form: ChannelCommand.Form) {
        #expect(
            Self.text(.subscribe, form, [.refused(channel: Array("x".utf8), .tooManyChannels)])
                == #"[{"ok":false,"channel":"x","error":{"code":"too_many_channels","#
                + #""message":"The connection has subscribed to as many channels as it may."}}]"#
        )
        #expect(
            Self.text(.unsubscribe, form, [.refused(channel: nil, .unavailable)])
                == #"[{"ok":false,"channel":null,"error":{"code":"unavailable","message":"The channel is not available at the moment."}}]"#)
    }

    @Test func `a bad name is given back quoted, with the rule that it breaks`() {
        #expect(
            Self.text(.subscribe, .list, [.refused(channel: Array("a\u{1}\"".utf8), .badName(.controlCharacter))])
                == #"[[{"ok":false,"channel":"a\u0001\"","#
                + #""error":{"code":"bad_name","message":"\#(NameFault.controlCharacter.message)"}}]]"#)
    }

    @Test(
        "every refusal has the contract's code and words",
        arguments: [
            (ChannelRefusal.badRequest, "bad_request"), (.badName(.empty), "bad_name"), (.tooManyChannels, "too_many_channels"),
            (.tokenRequired, "token_required"), (.tokenInvalid, "token_invalid"), (.forbidden, "forbidden"),
            (.unavailable, "unavailable"), (.unsupported, "unsupported"),
        ])
    func codes(refusal: ChannelRefusal, code: String) {
        #expect(refusal.code.description == code)
        #expect(!refusal.message.isEmpty)
    }

    @Test func `an acknowledgement has one element even if nobody decided`() {
        #expect(Self.text(.subscribe, .text, []).hasPrefix(#"[{"ok":false,"channel":null,"error":{"code":"unavailable""#))
    }
}
