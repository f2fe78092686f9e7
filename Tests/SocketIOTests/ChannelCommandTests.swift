import SocketIO
import Testing
import WireBytes

@Suite struct ChannelCommandTests {
    private static func parse(_ json: String) -> ChannelCommand? {
        let bytes = Array(json.utf8)
        return ChannelCommand.parse(0..<bytes.count, of: bytes.span)
    }

    private static func channel(_ name: String) -> ChannelCommand.Target {
        .channel(Array(name.utf8))
    }

    private static func refused(_ channel: String?, _ refusal: ChannelRefusal) -> ChannelCommand.Target {
        .refused(channel: channel.map { Array($0.utf8) }, refusal)
    }

    @Test(
        "every form of arguments",
        arguments: [
            (#""news""#, ChannelCommand.Form.text, [channel("news")]),
            (#""n\u0065ws""#, .text, [channel("news")]),
            (#""a,b""#, .text, [channel("a,b")]),
            (#""caf\u00e9 😀""#, .text, [channel("café 😀")]),
            (#"{"channel":"news"}"#, .object, [channel("news")]),
            (#"{ "ch\u0061nnel" : "news" }"#, .object, [channel("news")]),
            (#"["a","b"]"#, .list, [channel("a"), channel("b")]),
            (#"["a"]"#, .list, [channel("a")]),
            (#"["a",{"channel":"b"}]"#, .list, [channel("a"), channel("b")]),
            (#"[]"#, .list, []),
            (#"[ ]"#, .list, []),
            (#""a","b""#, .list, [channel("a"), channel("b")]),
            (#""a",{"channel":"b"},"a""#, .list, [channel("a"), channel("b"), channel("a")]),
            (#"{"channel":"a"},{"channel":"b"}"#, .list, [channel("a"), channel("b")]),
        ])
    func forms(arguments: String, form: ChannelCommand.Form, targets: [ChannelCommand.Target]) {
        #expect(Self.parse(#"["subscribe",\#(arguments)]"#) == ChannelCommand(verb: .subscribe, form: form, targets: targets))
        #expect(Self.parse(#"[ "unsubscribe" , \#(arguments) ]"#) == ChannelCommand(verb: .unsubscribe, form: form, targets: targets))
    }

    @Test(
        "subscribe takes a token beside the channel, unsubscribe does not",
        arguments: [
            (#"{"channel":"a","token":"t"}"#, .channel(Array("a".utf8), token: .text(Array("t".utf8)))),
            (#"{"t\u006fken":"t","channel":"a"}"#, .channel(Array("a".utf8), token: .text(Array("t".utf8)))),
            (#"{"channel":"a","token":""}"#, .channel(Array("a".utf8), token: .malformed)),
            (#"{"channel":"a","token":null}"#, .channel(Array("a".utf8), token: .malformed)),
            (#"{"channel":"a","token":{"x":1}}"#, .channel(Array("a".utf8), token: .malformed)),
            (#"{"channel":"a","token":"t","token":"t"}"#, refused("a", .badRequest)),
            (#"{"token":"t"}"#, refused(nil, .badRequest)),
        ] as [(String, ChannelCommand.Target)])
    func tokens(arguments: String, target: ChannelCommand.Target) {
        #expect(Self.parse(#"["subscribe",\#(arguments)]"#) == ChannelCommand(verb: .subscribe, form: .object, targets: [target]))
        #expect(Self.parse(#"["subscribe",[\#(arguments)]]"#) == ChannelCommand(verb: .subscribe, form: .list, targets: [target]))
        guard case .channel(let name, _) = target else { return }
        let unsupported = ChannelCommand.Target.refused(channel: name, .unsupported)
        #expect(Self.parse(#"["unsubscribe",\#(arguments)]"#) == ChannelCommand(verb: .unsubscribe, form: .object, targets: [unsupported]))
    }

    @Test(
        "arguments that name no channel are refused",
        arguments: [
            ("1", ChannelCommand.Form.text, [refused(nil, .badRequest)]),
            ("null", .text, [refused(nil, .badRequest)]),
            ("true", .text, [refused(nil, .badRequest)]),
            ("{}", .object, [refused(nil, .badRequest)]),
            (#"{"channel":1}"#, .object, [refused(nil, .badRequest)]),
            (#"{"channel":null}"#, .object, [refused(nil, .badRequest)]),
            (#"{"channel":["a"]}"#, .object, [refused(nil, .badRequest)]),
            (#"{"Channel":"a"}"#, .object, [refused(nil, .badRequest)]),
            (#"{"since":1}"#, .object, [refused(nil, .badRequest)]),
            (#"{"channel":"a","channel":"a"}"#, .object, [refused(nil, .badRequest)]),
            (#"{"channel":"a","ch\u0061nnel":"b"}"#, .object, [refused(nil, .badRequest)]),
            (#"{"channel":"a","since":1,"since":1}"#, .object, [refused("a", .badRequest)]),
            (#"{"channel":"a","since":1}"#, .object, [refused("a", .unsupported)]),
            (#"{"last":5,"channel":"a"}"#, .object, [refused("a", .unsupported)]),
            (#"{"channel":"a","token":"x","since":null}"#, .object, [refused("a", .unsupported)]),
            (#"{"channel":".."}"#, .object, [refused("..", .badName(.dots))]),
            (#""""#, .text, [refused("", .badName(.empty))]),
            (#"" a""#, .text, [refused(" a", .badName(.spaceAtEnd))]),
            (#""fanfare:x""#, .text, [refused("fanfare:x", .badName(.reservedPrefix))]),
            (#""a\u0000b""#, .text, [refused("a\0b", .badName(.controlCharacter))]),
            (
                #"[1,"a",null,[],["b"],{"channel":"c","x":1}]"#, .list,
                [
                    refused(nil, .badRequest), channel("a"), refused(nil, .badRequest), refused(nil, .badRequest),
                    refused(nil, .badRequest),
                    refused("c", .unsupported),
                ]
            ),
            (#""a",["b"]"#, .list, [channel("a"), refused(nil, .badRequest)]),
            (#"["a"],"b""#, .list, [refused(nil, .badRequest), channel("b")]),
            (#""a",null"#, .list, [channel("a"), refused(nil, .badRequest)]),
        ])
    func refusals(arguments: String, form: ChannelCommand.Form, targets: [ChannelCommand.Target]) {
        #expect(Self.parse(#"["subscribe",\#(arguments)]"#) == ChannelCommand(verb: .subscribe, form: form, targets: targets))
    }

    @Test func `without any argument the request is bad`() {
        for (json, verb) in [(#"["subscribe"]"#, ChannelCommand.Verb.subscribe), (#"["unsubscribe"]"#, .unsubscribe)] {
            #expect(Self.parse(json) == ChannelCommand(verb: verb, form: .text, targets: [Self.refused(nil, .badRequest)]))
        }
    }

    @Test(
        "other events are none of the server's",
        arguments: [#"["hello","a"]"#, #"["Subscribe","a"]"#, #"["subscribe ","a"]"#, #"[1,"a"]"#, "[]", "{}", "null", #""subscribe""#, ""])
    func otherEvents(json: String) {
        #expect(Self.parse(json) == nil)
    }

    @Test func `the verb may be written with escapes`() {
        #expect(Self.parse(#"["\u0073ubscribe","a"]"#)?.verb == .subscribe)
    }

    @Test func `names are compared as bytes`() {
        let composed = Self.parse(#"["subscribe","\u00e9"]"#)
        let decomposed = Self.parse(#"["subscribe","e\u0301"]"#)
        #expect(composed?.targets == [.channel([0xC3, 0xA9])])
        #expect(decomposed?.targets == [.channel([0x65, 0xCC, 0x81])])
    }

    @Test func `a name of 200 bytes is accepted and one of 201 is not`() {
        let name = String(repeating: "é", count: 100)
        #expect(Self.parse(#"["subscribe","\#(name)"]"#)?.targets == [Self.channel(name)])
        #expect(Self.parse(#"["subscribe","\#(name)a"]"#)?.targets == [Self.refused(name + "a", .badName(.tooLong))])
    }

    @Test func `a thousand targets are taken and one more refuses the whole command`() {
        let names = (0..<1000).map { #""c\#($0)""# }.joined(separator: ",")
        for (opening, closing) in [("[", "]"), ("", "")] {
            let command = Self.parse(#"["subscribe",\#(opening)\#(names)\#(closing)]"#)
            #expect(command?.targets.count == 1000)
            #expect(command?.targets.last == Self.channel("c999"))
            let tooMany = Self.parse(#"["subscribe",\#(opening)\#(names),1\#(closing)]"#)
            #expect(tooMany == ChannelCommand(verb: .subscribe, form: .list, targets: [Self.refused(nil, .badRequest)]))
        }
    }

    @Test func `an object with a great many members is refused without reading them all`() {
        let members = (0..<5000).map { #""k\#($0)":1"# }.joined(separator: ",")
        #expect(Self.parse(#"["subscribe",{"channel":"a",\#(members)}]"#)?.targets == [Self.refused(nil, .badRequest)])
    }

    @Test func `a payload inside a packet is read at its place`() throws {
        let bytes = Array(#"212["subscribe","a"]"#.utf8)
        let packet = try SocketPacket.decode(0..<bytes.count, of: bytes.span)
        let payload = try #require(packet.payload)
        #expect(ChannelCommand.parse(payload, of: bytes.span)?.targets == [Self.channel("a")])
    }
}
