import WireBytes

/// Text from a peer for a terminal: what would move the cursor, colour the screen or turn the direction of text is shown as an escape.
package enum PrintableText {
    /// The text in one line. Bytes that are not UTF-8 become U+FFFD.
    package static func escaped(_ bytes: Span<UInt8>) -> String {
        var copy: [UInt8] = []
        Output.append(bytes, to: &copy)
        var text = String(decoding: copy, as: UTF8.self)
        if text.unicodeScalars.contains(where: Self.isUnprintable) {
            var escaped = ""
            for scalar in text.unicodeScalars {
                if Self.isUnprintable(scalar) {
                    let digits = String(scalar.value, radix: 16)
                    escaped += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
                } else {
                    escaped.unicodeScalars.append(scalar)
                }
            }
            text = escaped
        }
        return text
    }

    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        // Most of what comes; the properties are looked up in tables.
        if scalar.value >= 0x20, scalar.value < 0x7F { return false }
        // Joiners, which emoji and some scripts are written with.
        if scalar.value == 0x200C || scalar.value == 0x200D { return false }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: false
        }
    }
}
