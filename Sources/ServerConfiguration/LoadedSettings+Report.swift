import FanfareServer

extension LoadedSettings {
    /// Every setting with its value and where it came from, one a line; secrets masked. What `fanfare config show` prints.
    package var report: String {
        var rows: [(name: String, value: String, origin: String)] = Setting.all.map { setting in
            (setting.path, self.text(of: setting), "\(self.texts[setting.path]?.origin ?? .standard)")
        }
        for (index, key) in self.settings.keys.enumerated() {
            let channels = key.channels.isEmpty ? "all channels" : key.channels.joined(separator: ",")
            rows.append(
                (
                    "keys.\(key.name)", "(masked) may \(key.may.joined(separator: ",")) on \(channels)",
                    "\(self.origins.key(isFirst: index == 0))"
                ))
        }
        if self.settings.tokens.anyKidSecret != nil { rows.append(("tokens.hs256", "(masked) any kid", "\(self.origins.tokenSecret)")) }
        for (kid, _) in self.settings.tokens.hs256 {
            rows.append(("tokens.hs256.\(kid)", "(masked)", "\(self.origins.section("tokens.hs256"))"))
        }
        for rule in self.settings.rules { rows.append(("channels", rule.text, "\(self.origins.section("channels"))")) }
        let nameWidth = rows.map(\.name.count).max() ?? 0
        let valueWidth = min(rows.map(\.value.count).max() ?? 0, 40)
        return rows.map { row in
            Self.padded(row.name, nameWidth) + "  " + Self.padded(row.value, valueWidth) + "  " + row.origin + "\n"
        }.joined()
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// What a person should know although nothing is wrong with it; what `fanfare config check` prints.
    package var remarks: [String] {
        var remarks = self.notes
        if self.settings.keys.isEmpty {
            remarks.append(
                self.settings.isInsecureOpen
                    ? "no publish key is set: everybody who can reach the server can publish"
                    : "no publish key is set: everybody on this machine can publish")
        }
        remarks.append(
            self.settings.rules.isEmpty
                ? "there are no channel rules: everybody may subscribe to every channel"
                : "a channel that no rule matches is open to every subscriber")
        return remarks
    }
}
