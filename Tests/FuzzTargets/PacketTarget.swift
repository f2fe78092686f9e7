import SocketIO
import WireBytes

/// A Socket.IO packet and what is made of it: its parts, its attachments, a channel command and its acknowledgement.
package enum PacketTarget: FuzzTarget {
    private static let maximumBytes = 300

    package static func check(_ input: [UInt8]) throws(Fault) {
        let whole = 0..<input.count
        guard let packet = try? SocketPacket.decode(whole, of: input.span) else { return }
        try self.checkParts(packet, of: input)
        try self.checkWrittenAgain(packet, of: input)
        try self.checkInside(packet, of: input)
        if packet.type.isBinary { try self.checkAssembly(packet, of: input) }
        guard let payload = packet.payload else { return }
        if packet.type == .event, let command = ChannelCommand.parse(payload, of: input.span) {
            try Fault.unless(packet.payload.map { input[$0.lowerBound] } == UInt8(ascii: "["), "a command that is no array")
            try self.checkCommand(command)
        }
    }

    private static func checkParts(_ packet: SocketPacket, of input: [UInt8]) throws(Fault) {
        var end = 1
        for part in [packet.namespace, packet.ackID, packet.payload] {
            guard let part else { continue }
            try Fault.unless(part.lowerBound >= end && part.upperBound <= input.count && !part.isEmpty, "a part at \(part)")
            end = part.upperBound
        }
        try Fault.unless(packet.type != .connectError, "a CONNECT_ERROR from a client")
        try Fault.unless(packet.attachments == 0 ? !packet.type.isBinary : packet.type.isBinary && packet.attachments <= 10, "attachments")
        if let id = packet.ackID {
            try Fault.unless(id.count <= 19 && input[id].allSatisfy { (0x30...0x39).contains($0) }, "an acknowledgement id")
        }
        if let namespace = packet.namespace.map({ input[$0] }) {
            let isName = namespace.first == UInt8(ascii: "/") && namespace.count > 1
            try Fault.unless(isName && !namespace.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "?") }, "a namespace")
        }
        if let payload = packet.payload {
            let value = Array(input[payload])
            try Fault.unless((try? JSONScanner.scan(value.span)) == 0..<value.count, "a payload that is not one JSON value")
        }
    }

    /// From its parts the same packet can be written, and is read the same.
    private static func checkWrittenAgain(_ packet: SocketPacket, of input: [UInt8]) throws(Fault) {
        var written = [packet.type.rawValue]
        if packet.attachments > 0 { written += "\(packet.attachments)-".utf8 }
        if let namespace = packet.namespace { written += input[namespace] + [UInt8(ascii: ",")] }
        if let id = packet.ackID { written += input[id] }
        if let payload = packet.payload { written += input[payload] }
        guard let again = try? SocketPacket.decode(0..<written.count, of: written.span) else { throw Fault("written again it is refused") }
        let isSame =
            again.type == packet.type && again.attachments == packet.attachments
            && again.namespace.map { written[$0] } == packet.namespace.map { input[$0] }
            && again.ackID.map { written[$0] } == packet.ackID.map { input[$0] }
            && again.payload.map { written[$0] } == packet.payload.map { input[$0] }
        try Fault.unless(isSame, "written again it is another packet")
    }

    /// A packet within other bytes is read as if it were alone.
    private static func checkInside(_ packet: SocketPacket, of input: [UInt8]) throws(Fault) {
        let surrounded = Array("1[".utf8) + input + Array("]2".utf8)
        func moved(_ range: Range<Int>?) -> Range<Int>? { range.map { ($0.lowerBound + 2)..<($0.upperBound + 2) } }
        let expected = SocketPacket(
            type: packet.type, attachments: packet.attachments, namespace: moved(packet.namespace), ackID: moved(packet.ackID),
            payload: moved(packet.payload))
        let found = try? SocketPacket.decode(2..<(input.count + 2), of: surrounded.span)
        try Fault.unless(found == expected, "within other bytes it is another packet")
    }

    private static func checkAssembly(_ packet: SocketPacket, of input: [UInt8]) throws(Fault) {
        guard var assembly = try? BinaryAssembly(packet, of: input.span, maximumBytes: self.maximumBytes) else { return }
        let attachment = [UInt8](input.prefix(40))
        while !assembly.isComplete {
            guard (try? assembly.append(attachment.span)) != nil else { break }
        }
        let held = assembly.attachments.reduce(assembly.argumentsJSON.count + (assembly.namespace?.count ?? 0)) { $0 + $1.count }
        try Fault.unless(held <= self.maximumBytes, "an assembly holds \(held) bytes")
        try Fault.unless(assembly.attachments.count <= packet.attachments, "more attachments than announced")
        if assembly.isComplete {
            try Fault.unless((try? assembly.append(attachment.span)) == nil, "a surplus attachment is taken")
        }
    }

    private static func checkCommand(_ command: ChannelCommand) throws(Fault) {
        try Fault.unless(command.targets.count <= ChannelCommand.maximumTargets, "\(command.targets.count) targets")
        try Fault.unless(command.form == .list || command.targets.count == 1, "a form with \(command.targets.count) targets")
        let outcomes = command.targets.map { target -> ChannelCommand.Outcome in
            switch target {
            case .channel(let name, _): .accepted(channel: name)
            case .refused(let channel, let refusal): .refused(channel: channel, refusal)
            }
        }
        for case .channel(let name, _) in command.targets {
            try Fault.unless(NameRule.checkChannel(name.span) == nil, "a channel with a forbidden name")
        }
        let json = command.acknowledgement(outcomes: outcomes)
        guard (try? JSONScanner.scan(json.span)) == 0..<json.count, var elements = JSONElements(array: 0..<json.count, in: json.span) else {
            throw Fault("the acknowledgement is no JSON array")
        }
        guard elements.next(in: json.span) != nil, elements.next(in: json.span) == nil else {
            throw Fault("the acknowledgement has not one argument")
        }
        let reply = SocketReply.ack(namespace: Array("/n".utf8), id: Array("007".utf8), argumentsJSON: json)
        let packet = try? SocketPacket.decode(1..<reply.count, of: reply.span)
        try Fault.unless(packet?.type == .ack && packet?.ackID?.count == 3 && packet?.namespace?.count == 2, "the reply is no ack")
    }
}
