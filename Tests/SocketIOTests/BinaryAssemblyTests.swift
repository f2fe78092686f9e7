import SocketIO
import Testing

@Suite struct BinaryAssemblyTests {
    private static func assembly(_ text: String, maximumBytes: Int = 1000) throws -> BinaryAssembly {
        let bytes = Array(text.utf8)
        let packet = try SocketPacket.decode(0..<bytes.count, of: bytes.span)
        return try BinaryAssembly(packet, of: bytes.span, maximumBytes: maximumBytes)
    }

    @Test func `attachments are taken in order until all are there`() throws {
        let arguments = #"["e",{"_placeholder":true,"num":0},{"a":[{"num":1,"_placeholder":true}]}]"#
        var assembly = try Self.assembly("52-/admin,7\(arguments)")
        #expect(assembly.type == .binaryEvent)
        #expect(assembly.namespace == Array("/admin".utf8))
        #expect(assembly.ackID == Array("7".utf8))
        #expect(assembly.argumentsJSON == Array(arguments.utf8))
        #expect(!assembly.isComplete)
        let first: [UInt8] = [1, 2, 3]
        let second: [UInt8] = []
        try assembly.append(first.span)
        #expect(!assembly.isComplete)
        try assembly.append(second.span)
        #expect(assembly.isComplete)
        #expect(assembly.attachments == [first, second])
    }

    @Test func `an acknowledgement is put together likewise`() throws {
        var assembly = try Self.assembly(#"61-3[{"_placeholder":true,"num":0}]"#)
        let attachment: [UInt8] = [255]
        try assembly.append(attachment.span)
        #expect(assembly.isComplete)
        #expect(assembly.type == .binaryAck)
        #expect(assembly.namespace == nil)
    }

    @Test func `a text packet while attachments are pending is a fault`() throws {
        var assembly = try Self.assembly(#"51-["e",{"_placeholder":true,"num":0}]"#)
        #expect(throws: BinaryFault.textWhilePending) { try assembly.checkTextIsAllowed() }
        let attachment: [UInt8] = [1]
        try assembly.append(attachment.span)
        #expect(throws: Never.self) { try assembly.checkTextIsAllowed() }
    }

    @Test func `a binary message after the last attachment is a fault`() throws {
        var assembly = try Self.assembly(#"51-["e",{"_placeholder":true,"num":0}]"#)
        let attachment: [UInt8] = [1]
        try assembly.append(attachment.span)
        let fault = #expect(throws: BinaryFault.self) { try assembly.append(attachment.span) }
        #expect(fault == .surplusAttachment)
        #expect(assembly.attachments.count == 1)
    }

    @Test func `payload and attachments together are bounded`() throws {
        let text = #"52-["e",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#
        let payloadByteCount = text.utf8.count - 3
        #expect(throws: BinaryFault.tooManyBytes) { try Self.assembly(text, maximumBytes: payloadByteCount - 1) }
        var assembly = try Self.assembly(text, maximumBytes: payloadByteCount + 10)
        let six = [UInt8](repeating: 0, count: 6)
        let four = [UInt8](repeating: 0, count: 4)
        try assembly.append(six.span)
        let fault = #expect(throws: BinaryFault.self) { try assembly.append(six.span) }
        #expect(fault == .tooManyBytes)
        try assembly.append(four.span)
        #expect(assembly.isComplete)
    }

    @Test(
        "a placeholder that names no attachment is a fault",
        arguments: [
            #"51-["e",{"_placeholder":true,"num":1}]"#,
            #"51-["e",{"_placeholder":true,"num":10}]"#,
            #"51-["e",{"_placeholder":true,"num":-1}]"#,
            #"51-["e",{"_placeholder":true,"num":0.5}]"#,
            #"51-["e",{"_placeholder":true,"num":"splice"}]"#,
            #"51-["e",{"_placeholder":true,"num":"0"}]"#,
            #"51-["e",{"_placeholder":true,"num":null}]"#,
            #"51-["e",{"_placeholder":true}]"#,
            #"51-["e",{"_placeholder":true,"num":0,"num":0}]"#,
            #"51-["e",{"_placeholder":true,"num":999999999999999999999999999999}]"#,
            #"51-["e",{"a":[[{"_placeholder":true,"num":3}]]}]"#,
            #"51-["e",{"_placeholder":true,"num":{"_placeholder":true,"num":0}}]"#,
            #"51-["e",{"\u005fplaceholder":true,"n\u0075m":1}]"#,
            #"51-["e",{"_placeholder":false,"_placeholder":true,"num":1}]"#,
            #"61-1[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#,
        ])
    func placeholders(text: String) {
        #expect(throws: BinaryFault.badPlaceholder) { try Self.assembly(text) }
    }

    @Test(
        "what only looks like a placeholder is data",
        arguments: [
            #"51-["e",{"_placeholder":false,"num":7},{"_placeholder":true,"num":0}]"#,
            #"51-["e",{"_placeholder":1,"num":7}]"#,
            #"51-["e",{"num":7}]"#,
            #"51-["e","_placeholder",true,"num",7]"#,
            #"510-["e",{"_placeholder":true,"num":9},{"_placeholder":true,"num":9}]"#,
        ])
    func data(text: String) {
        #expect(throws: Never.self) { try Self.assembly(text) }
    }

    @Test(
        "announcements that would never be complete or would hold too much are refused before anything is kept",
        arguments: [
            (#"50-["x"]"#, SocketPacketFault.noAttachments),
            (#"5999999999999-["x"]"#, .tooManyAttachments),
            (#"511-["x"]"#, .tooManyAttachments),
        ])
    func announcements(text: String, fault: SocketPacketFault) {
        #expect(throws: fault) { try Self.assembly(text) }
    }

    @Test func `a packet without attachments is not one to assemble`() {
        #expect(throws: BinaryFault.notBinary) { try Self.assembly(#"2["e"]"#) }
    }

    @Test func `deep and wide payloads are walked without recursion`() throws {
        let deep = String(repeating: #"{"a":["#, count: 30) + #"{"_placeholder":true,"num":1}"# + String(repeating: "]}", count: 30)
        #expect(throws: BinaryFault.badPlaceholder) { try Self.assembly(#"51-["e",\#(deep)]"#) }
        let wide = Array(repeating: "[]", count: 20000).joined(separator: ",")
        #expect(throws: Never.self) { try Self.assembly(#"51-["e",\#(wide)]"#, maximumBytes: 100_000) }
    }
}
