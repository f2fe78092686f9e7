/// Durations as people write them: `300ms`, `25s`, `2m`, `1h`. A unit is required, so that nobody has to guess it.
package struct DurationText: Equatable, Sendable {
    package let milliseconds: Int64

    /// - Returns: nil for anything but a whole number of at most twelve digits and a unit.
    package init?(_ text: String) {
        let digits = text.prefix { ("0"..."9").contains($0) }
        guard (1...12).contains(digits.utf8.count), let number = Int64(digits) else { return nil }
        let factor: Int64
        switch text.dropFirst(digits.count) {
        case "ms": factor = 1
        case "s": factor = 1_000
        case "m": factor = 60_000
        case "h": factor = 3_600_000
        default: return nil
        }
        self.milliseconds = number * factor
    }
}
