/// MessagePack written by hand, in the shortest form of each value unless it says otherwise.
indirect enum Packed: Sendable {
    case null
    case boolean(Bool)
    case unsigned(UInt64)
    /// In 64 bits, whatever it is.
    case signed(Int64)
    case double(Double)
    case text(String)
    case binary([UInt8])
    case array([Packed])
    case map([(Packed, Packed)])
    case ext(Int8, [UInt8])
    /// With a length, even where there is a form without one.
    case longExt(Int8, [UInt8])
    case raw([UInt8])

    /// `[uid, packet, options]` for everyone, with other members in the place of the usual ones if they are given.
    static func message(data: [Packed], packet: [(Packed, Packed)] = [], options: [(Packed, Packed)] = []) -> Packed {
        .array([
            .text("emitter"), .map([(.text("type"), .unsigned(2)), (.text("data"), .array(data)), (.text("nsp"), .text("/"))] + packet),
            .map([(.text("rooms"), .array([])), (.text("flags"), .map([])), (.text("except"), .array([]))] + options),
        ])
    }

    var bytes: [UInt8] {
        switch self {
        case .null: [0xC0]
        case .boolean(let value): [value ? 0xC3 : 0xC2]
        case .unsigned(let value): Self.unsigned(value)
        case .signed(let value): [0xD3] + Self.big(UInt64(bitPattern: value), 8)
        case .double(let number): [0xCB] + Self.big(number.bitPattern, 8)
        case .text(let text):
            text.utf8.count < 32
                ? [0xA0 | UInt8(text.utf8.count)] + Array(text.utf8) : Self.head(0xD9, text.utf8.count) + Array(text.utf8)
        case .binary(let data): Self.head(0xC4, data.count) + data
        case .array(let values): Self.container(0x90, 0xDC, values.count) + values.flatMap(\.bytes)
        case .map(let members): Self.container(0x80, 0xDE, members.count) + members.flatMap { $0.0.bytes + $0.1.bytes }
        case .ext(let type, let data):
            if let form = [1, 2, 4, 8, 16].firstIndex(of: data.count) {
                [0xD4 + UInt8(form), UInt8(bitPattern: type)] + data
            } else {
                Self.longExt(type, data).bytes
            }
        case .longExt(let type, let data): Self.head(0xC7, data.count) + [UInt8(bitPattern: type)] + data
        case .raw(let bytes): bytes
        }
    }

    private static func unsigned(_ value: UInt64) -> [UInt8] {
        switch value {
        case 0..<128: [UInt8(value)]
        case 128..<0x100: [0xCC] + Self.big(value, 1)
        case 0x100..<0x1_0000: [0xCD] + Self.big(value, 2)
        case 0x1_0000..<0x1_0000_0000: [0xCE] + Self.big(value, 4)
        default: [0xCF] + Self.big(value, 8)
        }
    }

    /// The first byte and a length in 1, 2 or 4 bytes.
    private static func head(_ first: UInt8, _ count: Int) -> [UInt8] {
        if count < 0x100 { return [first] + Self.big(UInt64(count), 1) }
        return count < 0x1_0000 ? [first + 1] + Self.big(UInt64(count), 2) : [first + 2] + Self.big(UInt64(count), 4)
    }

    private static func container(_ short: UInt8, _ long: UInt8, _ count: Int) -> [UInt8] {
        if count < 16 { return [short | UInt8(count)] }
        return count < 0x1_0000 ? [long] + Self.big(UInt64(count), 2) : [long + 1] + Self.big(UInt64(count), 4)
    }

    private static func big(_ value: UInt64, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}
