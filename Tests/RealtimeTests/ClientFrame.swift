/// Frames as a client sends them: masked (RFC 6455 5.2).
enum ClientFrame {
    private static let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    static func make(_ first: UInt8, _ payload: [UInt8], isMasked: Bool = true) -> [UInt8] {
        var frame: [UInt8] = [first]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ...125: frame.append(mask | UInt8(payload.count))
        case ...0xFFFF: frame += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: frame += [mask | 127] + stride(from: 56, through: 0, by: -8).map { UInt8(payload.count >> $0 & 0xFF) }
        }
        guard isMasked else { return frame + payload }
        return frame + Self.key + payload.enumerated().map { $1 ^ Self.key[$0 % 4] }
    }

    static func text(_ text: String) -> [UInt8] { self.make(0x81, Array(text.utf8)) }
    static func binary(_ bytes: [UInt8]) -> [UInt8] { self.make(0x82, bytes) }
    static func ping(_ text: String) -> [UInt8] { self.make(0x89, Array(text.utf8)) }

    static func close(_ code: UInt16?) -> [UInt8] {
        self.make(0x88, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
    }
}
