import SocketIO
import Testing

@Suite struct SocketPacketTests {
    @Test(
        "packets of every type that a client may send",
        arguments: [
            ("0", DecodedPacket(.connect)),
            (#"0{"token":"x"}"#, DecodedPacket(.connect, payload: #"{"token":"x"}"#)),
            ("0/custom,", DecodedPacket(.connect, namespace: "/custom")),
            (#"0/custom,{"a":1}"#, DecodedPacket(.connect, namespace: "/custom", payload: #"{"a":1}"#)),
            ("1", DecodedPacket(.disconnect)),
            ("1/custom,", DecodedPacket(.disconnect, namespace: "/custom")),
            (#"2["hello"]"#, DecodedPacket(.event, payload: #"["hello"]"#)),
            (#"2["hello",1,{"a":[]}]"#, DecodedPacket(.event, payload: #"["hello",1,{"a":[]}]"#)),
            (#"212["hello"]"#, DecodedPacket(.event, ackID: "12", payload: #"["hello"]"#)),
            (#"2/admin,["hello"]"#, DecodedPacket(.event, namespace: "/admin", payload: #"["hello"]"#)),
            (#"2/admin,1["hello"]"#, DecodedPacket(.event, namespace: "/admin", ackID: "1", payload: #"["hello"]"#)),
            (#"2[7,"x"]"#, DecodedPacket(.event, payload: #"[7,"x"]"#)),
            (#"2[-1.5e3]"#, DecodedPacket(.event, payload: "[-1.5e3]")),
            (#"2[""]"#, DecodedPacket(.event, payload: #"[""]"#)),
            ("312[]", DecodedPacket(.ack, ackID: "12", payload: "[]")),
            (#"3/admin,12["bar"]"#, DecodedPacket(.ack, namespace: "/admin", ackID: "12", payload: #"["bar"]"#)),
            (
                #"51-["hello",{"_placeholder":true,"num":0}]"#,
                DecodedPacket(.binaryEvent, attachments: 1, payload: #"["hello",{"_placeholder":true,"num":0}]"#)
            ),
            (#"510-["x"]"#, DecodedPacket(.binaryEvent, attachments: 10, payload: #"["x"]"#)),
            (
                #"52-/admin,456["p",1]"#,
                DecodedPacket(.binaryEvent, attachments: 2, namespace: "/admin", ackID: "456", payload: #"["p",1]"#)
            ),
            (
                #"61-/admin,13[{"_placeholder":true,"num":0}]"#,
                DecodedPacket(
                    .binaryAck, attachments: 1, namespace: "/admin", ackID: "13", payload: #"[{"_placeholder":true,"num":0}]"#)
            ),
        ])
    func decodes(text: String, expected: DecodedPacket) throws {
        #expect(try DecodedPacket(decoding: text) == expected)
    }

    @Test(
        "accepted: what clients in use really send (protocol.md 3.2 and 8)",
        arguments: [
            // JS, Java, Dart, C#, Rust.
            ("0", DecodedPacket(.connect)),
            ("0/custom,", DecodedPacket(.connect, namespace: "/custom")),
            (#"20["subscribe","news"]"#, DecodedPacket(.event, ackID: "0", payload: #"["subscribe","news"]"#)),
            // Swift spells out the main namespace.
            ("0/,", DecodedPacket(.connect)),
            (#"0/,{"token":"x"}"#, DecodedPacket(.connect, payload: #"{"token":"x"}"#)),
            ("1/,", DecodedPacket(.disconnect)),
            (#"2/,1["a"]"#, DecodedPacket(.event, ackID: "1", payload: #"["a"]"#)),
            ("0/", DecodedPacket(.connect)),
            // Python always sends an object.
            ("0{}", DecodedPacket(.connect, payload: "{}")),
            ("0/custom,{}", DecodedPacket(.connect, namespace: "/custom", payload: "{}")),
            // C++ leaves the comma out.
            ("0/custom", DecodedPacket(.connect, namespace: "/custom")),
            ("1/custom", DecodedPacket(.disconnect, namespace: "/custom")),
            // A query behind the namespace.
            ("0/custom?token=a%20b,", DecodedPacket(.connect, namespace: "/custom")),
            ("0/custom?token=abc", DecodedPacket(.connect, namespace: "/custom")),
            ("0/?token=abc,", DecodedPacket(.connect)),
            (#"0/custom?a?b,{"c":1}"#, DecodedPacket(.connect, namespace: "/custom", payload: #"{"c":1}"#)),
            // No JSON at all: the reference server takes it.
            ("2", DecodedPacket(.event)),
            ("25", DecodedPacket(.event, ackID: "5")),
            ("3", DecodedPacket(.ack)),
            ("37", DecodedPacket(.ack, ackID: "7")),
            ("2/admin,", DecodedPacket(.event, namespace: "/admin")),
            ("3[]", DecodedPacket(.ack, payload: "[]")),
            // White space is part of JSON.
            (#"21 [ "a" ] "#, DecodedPacket(.event, ackID: "1", payload: #"[ "a" ]"#)),
            // Names that only look like reserved ones.
            (#"2["Connect"]"#, DecodedPacket(.event, payload: #"["Connect"]"#)),
            (#"2["connect "]"#, DecodedPacket(.event, payload: #"["connect "]"#)),
            (#"2["disconnected"]"#, DecodedPacket(.event, payload: #"["disconnected"]"#)),
            (#"2["a","connect"]"#, DecodedPacket(.event, payload: #"["a","connect"]"#)),
        ])
    func accepts(text: String, expected: DecodedPacket) throws {
        #expect(try DecodedPacket(decoding: text) == expected)
    }

    @Test func `without a comma a namespace takes the rest, as in the reference server`() throws {
        #expect(try DecodedPacket(decoding: #"2/custom["a"]"#) == DecodedPacket(.event, namespace: #"/custom["a"]"#))
        #expect(try DecodedPacket(decoding: #"0/custom{"a":1}"#) == DecodedPacket(.connect, namespace: #"/custom{"a":1}"#))
    }

    @Test func `acknowledgement ids of up to 19 digits are kept verbatim`() throws {
        for id in ["0", "007", "4294967296", "9007199254740993", "9999999999999999999", "0000000000000000000"] {
            #expect(try DecodedPacket(decoding: #"2\#(id)["a"]"#) == DecodedPacket(.event, ackID: id, payload: #"["a"]"#))
        }
    }

    @Test func `offsets are those of the surrounding bytes`() throws {
        let bytes = Array(#"442/a,1["x"]zz"#.utf8)
        let packet = try SocketPacket.decode(2..<12, of: bytes.span)
        #expect(packet == SocketPacket(type: .event, namespace: 3..<5, ackID: 6..<7, payload: 7..<12))
    }
}
