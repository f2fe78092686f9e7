/// Sizes as people write them: `4194304`, `64KiB`, `4MiB`, `1GiB`, `500kB`, `2MB`.
package struct ByteText: Equatable, Sendable {
    package let bytes: Int

    /// - Returns: nil for anything but a whole number of at most twelve digits and, at most, a unit.
    package init?(_ text: String) {
        let digits = text.prefix { ("0"..."9").contains($0) }
        guard (1...12).contains(digits.utf8.count), let number = Int(digits) else { return nil }
        let factor: Int
        switch text.dropFirst(digits.count) {
        case "", "B": factor = 1
        case "kB": factor = 1_000
        case "MB": factor = 1_000_000
        case "GB": factor = 1_000_000_000
        case "KiB": factor = 1 << 10
        case "MiB": factor = 1 << 20
        case "GiB": factor = 1 << 30
        default: return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.bytes = bytes
    }
}
