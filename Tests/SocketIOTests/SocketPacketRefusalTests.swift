import SocketIO
import Testing

@Suite struct SocketPacketRefusalTests {
    @Test(
        "refused: what closes the connection (protocol.md 3.2)",
        arguments: [
            // Type.
            ("", SocketPacketFault.empty),
            ("7", .unknownType), ("9[]", .unknownType), ("a", .unknownType), ("-1", .unknownType), (" 2[\"a\"]", .unknownType),
            (#"["a"]"#, .unknownType), ("é", .unknownType),
            (#"4{"message":"x"}"#, .connectErrorFromClient), ("4", .connectErrorFromClient), ("4/custom,", .connectErrorFromClient),
            // JSON.
            (#"2abc["a"]"#, .badJSON), (#"21abc["a"]"#, .badJSON), (#"2["a""#, .badJSON), (#"2["a"]]"#, .badJSON),
            (#"2["a",]"#, .badJSON),
            (#"2["a"]x"#, .badJSON), ("0{", .badJSON), ("0{}{}", .badJSON), ("0abc", .badJSON), ("0,", .badJSON), ("2 ", .badJSON),
            (#"2-1["a"]"#, .badJSON), (#"2["\uD800"]"#, .badJSON), ("2\u{FEFF}[\"a\"]", .badJSON), (#"2/a,,["a"]"#, .badJSON),
            (#"2/admin,x["a"]"#, .badJSON), ("0custom,", .badJSON), ("2['a']", .badJSON), ("2[NaN]", .badJSON), ("3undefined", .badJSON),
            // CONNECT.
            ("0[]", .payloadNotObject), ("0\"x\"", .payloadNotObject), ("0null", .payloadNotObject), ("0/a,1.5", .badJSON),
            ("0/a,true", .payloadNotObject), ("0/,[]", .payloadNotObject),
            // DISCONNECT.
            ("1{}", .unexpectedPayload), ("1[]", .unexpectedPayload), (#"1"x""#, .unexpectedPayload), ("1/a,{}", .unexpectedPayload),
            ("1null", .unexpectedPayload),
            // Events.
            ("2{}", .payloadNotArray), (#"2"a""#, .payloadNotArray), ("2null", .payloadNotArray), (#"2{"0":"a"}"#, .payloadNotArray),
            (#"2/a,1{}"#, .payloadNotArray),
            ("2[]", .badEventName), ("2[ ]", .badEventName), ("2[null]", .badEventName), ("2[{}]", .badEventName), ("2[[]]", .badEventName),
            ("2[true]", .badEventName), (#"2[["a"]]"#, .badEventName), (#"2[{"0":"a"},"a"]"#, .badEventName),
            // Acknowledgements.
            ("3{}", .payloadNotArray), ("31{}", .payloadNotArray), (#"31"a""#, .payloadNotArray), ("31null", .payloadNotArray),
            // Attachments.
            (#"5["a"]"#, .badAttachmentCount), (#"5-["a"]"#, .badAttachmentCount), ("5", .badAttachmentCount), ("51", .badAttachmentCount),
            (#"51["a"]"#, .badAttachmentCount), (#"5a-["a"]"#, .badAttachmentCount), (#"5-1-["a"]"#, .badAttachmentCount),
            (#"51.5-["a"]"#, .badAttachmentCount), (#"5+1-["a"]"#, .badAttachmentCount), (#"5 1-["a"]"#, .badAttachmentCount),
            (#"51e0-["a"]"#, .badAttachmentCount), (#"5/admin,1-["a"]"#, .badAttachmentCount), (#"6["a"]"#, .badAttachmentCount),
            (#"50-["a"]"#, .noAttachments), (#"500-["a"]"#, .noAttachments), (#"60-1["a"]"#, .noAttachments),
            (#"511-["a"]"#, .tooManyAttachments), (#"5999999999-["a"]"#, .tooManyAttachments),
            (#"599999999999999999999999999-["a"]"#, .tooManyAttachments), (#"611-1["a"]"#, .tooManyAttachments),
            (#"51832742252-["a"]"#, .tooManyAttachments),
            ("51-", .missingPayload), ("51-/a,", .missingPayload), ("61-7", .missingPayload),
            (#"51-{}"#, .payloadNotArray), (#"51-[]"#, .badEventName), (#"51-["connect"]"#, .reservedEventName),
            ("61-1{}", .payloadNotArray),
            // Ids.
            (#"299999999999999999999["a"]"#, .ackIDTooLong), (#"2/a,00000000000000000000["a"]"#, .ackIDTooLong),
            ("312345678901234567890[]", .ackIDTooLong), ("299999999999999999999", .ackIDTooLong),
        ])
    func refuses(text: String, fault: SocketPacketFault) {
        #expect(throws: fault) { try DecodedPacket(decoding: text) }
    }

    @Test(
        "reserved event names are refused, also behind escapes",
        arguments: ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])
    func reservedNames(name: String) {
        #expect(throws: SocketPacketFault.reservedEventName) { try DecodedPacket(decoding: #"2["\#(name)"]"#) }
        #expect(throws: SocketPacketFault.reservedEventName) { try DecodedPacket(decoding: #"2/a,1[ "\#(name)",{}]"#) }
        let escaped = name.utf8.map { #"\u00"# + String($0, radix: 16) }.joined()
        #expect(throws: SocketPacketFault.reservedEventName) { try DecodedPacket(decoding: #"2["\#(escaped)"]"#) }
    }

    @Test func `payloads nested deeper than 64 are refused`() throws {
        func event(_ depth: Int) -> String {
            #"2["a","# + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "]"
        }
        #expect(try DecodedPacket(decoding: event(64)).type == .event)
        #expect(throws: SocketPacketFault.badJSON) { try DecodedPacket(decoding: event(65)) }
        #expect(throws: SocketPacketFault.badJSON) { try DecodedPacket(decoding: #"2["a","# + String(repeating: "[", count: 100_000)) }
    }

    @Test func `bytes that are not UTF-8 inside the JSON are refused`() {
        #expect(throws: SocketPacketFault.badJSON) { try DecodedPacket(decoding: Array("2[\"".utf8) + [0xFF] + Array("\"]".utf8)) }
    }
}
