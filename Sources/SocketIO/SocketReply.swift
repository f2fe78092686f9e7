import WireBytes

/// The packets that a server sends to one socket, each with the Engine.IO `4` in front (protocol.md 3.1).
///
/// A namespace is given with its slash, as the client sent it; `nil` is the main one, which is never written. After any other the comma
/// always is, even with nothing behind it: some clients need it.
package enum SocketReply {
    /// `40{"sid":"…"}`.
    package static func connected(namespace: [UInt8]?, sid: SocketIdentifier) -> [UInt8] {
        var packet = Self.head(.connect, namespace: namespace)
        Output.append(#"{"sid":"#, to: &packet)
        JSONText.appendQuoted(sid.characters.span, to: &packet)
        packet.append(UInt8(ascii: "}"))
        return packet
    }

    /// `41`: the socket is ended, and the client is not to come back by itself.
    package static func disconnect(namespace: [UInt8]?) -> [UInt8] {
        Self.head(.disconnect, namespace: namespace)
    }

    /// `44{"message":"…"}`: an object, because some clients fail on a bare string.
    /// - Parameter data: the text of a JSON value that goes along as `data`.
    package static func connectError(namespace: [UInt8]?, message: StaticString, data: [UInt8]?) -> [UInt8] {
        var packet = Self.head(.connectError, namespace: namespace)
        Output.append(#"{"message":"#, to: &packet)
        let text = Array(message.description.utf8)
        JSONText.appendQuoted(text.span, to: &packet)
        if let data {
            Output.append(#","data":"#, to: &packet)
            packet += data
        }
        packet.append(UInt8(ascii: "}"))
        return packet
    }

    /// `43<id>[…]`, or `46<n>-<id>[…]` if attachments follow.
    /// - Parameters:
    ///   - id: the digits of the client's packet.
    ///   - argumentsJSON: the text of a JSON array.
    ///   - attachments: how many binary messages the caller sends right after this packet, with nothing in between.
    package static func ack(namespace: [UInt8]?, id: [UInt8], argumentsJSON: [UInt8], attachments: Int = 0) -> [UInt8] {
        var packet = Self.head(attachments > 0 ? .binaryAck : .ack, attachments: attachments, namespace: namespace)
        packet += id
        packet += argumentsJSON
        return packet
    }

    /// `42[…]`, or `45<n>-[…]` if attachments follow.
    /// - Parameters:
    ///   - argumentsJSON: the text of a JSON array, the event's name first.
    ///   - attachments: how many binary messages the caller sends right after this packet, with nothing in between.
    package static func event(namespace: [UInt8]?, argumentsJSON: [UInt8], attachments: Int = 0) -> [UInt8] {
        var packet = Self.head(attachments > 0 ? .binaryEvent : .event, attachments: attachments, namespace: namespace)
        packet += argumentsJSON
        return packet
    }

    private static func head(_ type: SocketPacketType, attachments: Int = 0, namespace: [UInt8]?) -> [UInt8] {
        var packet: [UInt8] = [UInt8(ascii: "4"), type.rawValue]
        if attachments > 0 {
            ASCII.appendDecimal(attachments, to: &packet)
            packet.append(UInt8(ascii: "-"))
        }
        if let namespace {
            packet += namespace
            packet.append(UInt8(ascii: ","))
        }
        return packet
    }
}
