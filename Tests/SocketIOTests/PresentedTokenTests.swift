import SocketIO
import Testing

/// Where a client may give a token, and what counts as one (contract 6).
@Suite("Presented tokens")
struct PresentedTokenTests {
    private static func text(_ token: String) -> PresentedToken { .text(Array(token.utf8)) }

    @Test(
        "the token of a CONNECT; other members are the application's own",
        arguments: [
            ("{}", nil), (#"{"Token":"a"}"#, nil), (#"{"user":{"token":"a"}}"#, nil), (#"{"tokens":"a","toke":"b"}"#, nil),
            (#"{"token":"abc"}"#, text("abc")), (#"{"a":[1],"token":"abc","b":null}"#, text("abc")),
            (#"{ "t\u006fken" : "a\u0062c" }"#, text("abc")),
            (#"{"token":""}"#, .malformed), (#"{"token":null}"#, .malformed), (#"{"token":1}"#, .malformed),
            (#"{"token":["a"]}"#, .malformed),
            (#"{"token":{"token":"a"}}"#, .malformed), (#"{"token":"a","token":"a"}"#, .malformed),
            (#"{"token":"a","t\u006fken":"b"}"#, .malformed),
        ] as [(String, PresentedToken?)])
    func member(auth: String, token: PresentedToken?) {
        #expect(PresentedToken.member(of: Array(auth.utf8).span) == token)
    }

    @Test(
        "fanfare:refresh takes a token or an object with nothing else",
        arguments: [
            (#"["fanfare:refresh","abc"]"#, text("abc")), (#"["fanfare:refresh",{"token":"abc"}]"#, text("abc")),
            (#"["fanfare:r\u0065fresh",{"t\u006fken":"abc"}]"#, text("abc")), (#"["fanfare:refresh"]"#, .malformed),
            (#"["fanfare:refresh",""]"#, .malformed), (#"["fanfare:refresh",null]"#, .malformed), (#"["fanfare:refresh",{}]"#, .malformed),
            (#"["fanfare:refresh",{"token":"a","x":1}]"#, .malformed), (#"["fanfare:refresh",{"token":"a","token":"a"}]"#, .malformed),
            (#"["fanfare:refresh",["a"]]"#, .malformed), (#"["fanfare:refresh","a","b"]"#, .malformed),
            (#"["fanfare:refreshed","a"]"#, nil),
            (#"["refresh","a"]"#, nil), (#"[1,"a"]"#, nil), ("[]", nil),
        ] as [(String, PresentedToken?)])
    func refresh(event: String, token: PresentedToken?) {
        let bytes = Array(event.utf8)
        #expect(PresentedToken.refresh(0..<bytes.count, of: bytes.span) == token)
    }

    @Test("the server's own events and the answer to a refresh, to the byte")
    func events() {
        #expect(String(decoding: ServerEvent.expiring(inSeconds: 30), as: UTF8.self) == #"["fanfare:expiring",{"in":30}]"#)
        #expect(String(decoding: ServerEvent.expired(channels: []), as: UTF8.self) == #"["fanfare:expired",{"channels":[]}]"#)
        let channels = [Array("a\"b".utf8), Array("é".utf8)]
        #expect(
            String(decoding: ServerEvent.expired(channels: channels), as: UTF8.self) == #"["fanfare:expired",{"channels":["a\"b","é"]}]"#)
        #expect(String(decoding: ServerEvent.refreshed(nil), as: UTF8.self) == #"[{"ok":true,"channel":null}]"#)
        #expect(
            String(decoding: ServerEvent.refreshed(.tokenInvalid), as: UTF8.self)
                == #"[{"ok":false,"channel":null,"error":{"code":"token_invalid","message":"The token is not valid."}}]"#)
    }
}
