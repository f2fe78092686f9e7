import Glibc

/// Neighbouring IP addresses, as `10.0.0.0/8` or `fd00::/8` names them (RFC 4632 section 3.1, RFC 4291 section 2.3); a single address is a
/// block of its own.
package struct AddressBlock: Equatable, Sendable {
    private let prefix: [UInt8]
    private let bitCount: Int

    /// - Returns: nil for what is no block, and for one with bits behind its prefix: `10.0.0.1/8` may mean the one or the many.
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = Self.bytes(of: String(parts[0])) else { return nil }
        self.prefix = address
        guard parts.count == 2 else {
            self.bitCount = address.count * 8
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let bitCount = Int(parts[1]), bitCount <= address.count * 8
        else { return nil }
        self.bitCount = bitCount
        for bit in bitCount..<(address.count * 8) where Self.bit(bit, of: address) { return nil }
    }

    func contains(_ address: [UInt8]) -> Bool {
        guard address.count == self.prefix.count else { return false }
        let whole = self.bitCount / 8
        guard address[..<whole] == self.prefix[..<whole] else { return false }
        return (whole * 8..<self.bitCount).allSatisfy { Self.bit($0, of: address) == Self.bit($0, of: self.prefix) }
    }

    private static func bit(_ index: Int, of bytes: [UInt8]) -> Bool {
        bytes[index / 8] & (0x80 >> UInt8(index % 8)) != 0
    }

    /// Four bytes or sixteen; nil for what is no address. An IPv4 address that was mapped into IPv6, as a listener on `::` sees it, is itself
    /// (RFC 4291 section 2.5.5.2).
    static func bytes(of text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &bytes) == 1 { return bytes }
        bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        return bytes.starts(with: Self.mappedPrefix) ? Array(bytes.dropFirst(Self.mappedPrefix.count)) : bytes
    }

    private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
}
