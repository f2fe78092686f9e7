/// One Engine.IO packet from the server, as far as the checks need it.
enum ServerPacket: Equatable {
    /// `0{…}`
    case open(sid: String)
    /// `1`
    case close
    case ping
    case probed
    case noop
    /// `40{…}`
    case connected
    case acknowledgement(id: Int, isRefusal: Bool)
    /// An event of ours: the number that its payload begins with. Whether the bytes are right is for the ledger to say.
    case event(message: Int)
    /// Nothing that the server may send to these clients.
    case strange

    init(_ packet: ArraySlice<UInt8>) {
        switch packet.first {
        case UInt8(ascii: "0"): self = Self.sid(in: packet).map { .open(sid: $0) } ?? .strange
        case UInt8(ascii: "1") where packet.count == 1: self = .close
        case UInt8(ascii: "2") where packet.count == 1: self = .ping
        case UInt8(ascii: "3") where packet.elementsEqual("3probe".utf8): self = .probed
        case UInt8(ascii: "6") where packet.count == 1: self = .noop
        case UInt8(ascii: "4"): self = Self.message(packet.dropFirst())
        default: self = .strange
        }
    }

    /// What every payload begins with, for example `42["e",{"m":17,`.
    static let eventPrefix = Array("2[\"e\",{\"m\":".utf8)

    private static func message(_ packet: ArraySlice<UInt8>) -> ServerPacket {
        switch packet.first {
        case UInt8(ascii: "0"): return .connected
        case UInt8(ascii: "2"):
            guard packet.starts(with: Self.eventPrefix), let number = Self.number(packet.dropFirst(Self.eventPrefix.count)) else {
                return .strange
            }
            return .event(message: number)
        case UInt8(ascii: "3"):
            guard let number = Self.number(packet.dropFirst()) else { return .strange }
            return .acknowledgement(id: number, isRefusal: packet.contains(UInt8(ascii: "{")))
        default: return .strange
        }
    }

    private static func number(_ text: ArraySlice<UInt8>) -> Int? {
        let digits = text.prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty || digits.count > 9 ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func sid(in packet: ArraySlice<UInt8>) -> String? {
        let opening = Array("0{\"sid\":\"".utf8)
        guard packet.starts(with: opening) else { return nil }
        return String(decoding: packet.dropFirst(opening.count).prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }
}
