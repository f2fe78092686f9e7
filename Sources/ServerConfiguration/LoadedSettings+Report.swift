package import FanfareServer

extension LoadedSettings {
    /// Every setting with its value and where it came from, one a line; secrets masked. What `fanfare config show` prints.
    package var report: String {
        let rows = self.rows
        let nameWidth = rows.map(\.name.count).max() ?? 0
        let valueWidth = min(rows.map(\.value.count).max() ?? 0, 40)
        return rows.map { row in
            Self.padded(row.name, nameWidth) + "  " + Self.padded(row.value, valueWidth) + "  " + row.source + "\n"
        }.joined()
    }

    /// The same for a running server: what takes effect with the next start only is shown as it was when it began.
    package func rows(sinceStart start: LoadedSettings) -> [SettingRow] {
        let fixed = Set(Setting.all.filter { $0.change == .restart }.map(\.path))
        return start.rows.filter { fixed.contains($0.name) } + self.rows.filter { !fixed.contains($0.name) }
    }

    package var rows: [SettingRow] {
        var rows = Setting.all.map { setting in
            SettingRow(
                name: setting.path, value: self.text(of: setting), source: "\(self.texts[setting.path]?.origin ?? .standard)")
        }
        for (index, key) in self.settings.keys.enumerated() {
            let channels = key.channels.isEmpty ? "all channels" : key.channels.joined(separator: ",")
            rows.append(
                SettingRow(
                    name: "keys.\(key.name)", value: "(masked) may \(key.may.joined(separator: ",")) on \(channels)",
                    source: "\(self.origins.key(isFirst: index == 0))"))
        }
        if self.settings.tokens.anyKidSecret != nil {
            rows.append(SettingRow(name: "tokens.hs256", value: "(masked) any kid", source: "\(self.origins.tokenSecret)"))
        }
        for (kid, _) in self.settings.tokens.hs256 {
            rows.append(SettingRow(name: "tokens.hs256.\(kid)", value: "(masked)", source: "\(self.origins.section("tokens.hs256"))"))
        }
        for rule in self.settings.rules {
            rows.append(SettingRow(name: "channels", value: rule.text, source: "\(self.origins.section("channels"))"))
        }
        return rows
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
