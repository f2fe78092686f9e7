/// Reads a configured list of origins (contract 6).
package enum OriginList {
    /// An entry that is no origin, with the form that was probably meant.
    package struct Fault: Error, Equatable, Sendable {
        package let message: String
    }

    /// - Parameter entries: each `scheme://host` with an optional port, or `*`; blanks around them and empty ones do not count.
    package static func parse(_ entries: [String]) throws(Fault) -> OriginPolicy.List {
        var origins: [Origin] = []
        var hasStar = false
        for entry in entries.map(Self.trimmed) where !entry.isEmpty {
            if entry == "*" {
                hasStar = true
                continue
            }
            guard let origin = Origin(parsing: entry) else { throw Fault(message: Self.explain(entry)) }
            origins.append(origin)
        }
        return OriginPolicy.List(hasStar: hasStar, origins: origins)
    }

    private static func explain(_ entry: String) -> String {
        guard let scheme = entry.firstRange(of: "://") else {
            guard entry != "null", Origin(parsing: "https://\(entry)") != nil else { return Self.explainForm(entry) }
            return "\"\(entry)\" is not an origin: write scheme and host, such as https://\(entry)"
        }
        let authority = entry[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let meant = "\(entry[..<scheme.upperBound])\(authority)"
        guard Origin(parsing: meant) != nil else { return Self.explainForm(entry) }
        return "\"\(entry)\" is not an origin: an origin has no path and no slash at its end, write \(meant)"
    }

    /// For an entry that no right form can be made of.
    private static func explainForm(_ entry: String) -> String {
        "\"\(entry)\" is not an origin: write scheme, host and, unless it is the scheme's own, port, such as https://app.example.org"
    }

    private static func trimmed(_ entry: String) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let bytes = entry.utf8.drop(while: isBlank)
        guard let last = bytes.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(decoding: bytes[...last], as: UTF8.self)
    }
}
