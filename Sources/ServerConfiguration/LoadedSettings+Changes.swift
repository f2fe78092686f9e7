import FanfareServer

extension LoadedSettings {
    /// One difference between two configurations, as the log says it; secrets only as "changed".
    package struct Change: Equatable, Sendable {
        package let name: String
        package let old: String
        package let new: String
        package let needsRestart: Bool
    }

    package func changes(since old: LoadedSettings) -> [Change] {
        var changes: [Change] = []
        for setting in Setting.all {
            let (before, after) = (old.text(of: setting), self.text(of: setting))
            let isMasked = setting.path == "redis.url" && self.texts[setting.path]?.values != old.texts[setting.path]?.values
            if before != after || isMasked {
                changes.append(Change(name: setting.path, old: before, new: after, needsRestart: setting.change == .restart))
            }
        }
        changes += Self.keyChanges(from: old.settings.keys, to: self.settings.keys)
        if Self.secrets(old.settings.tokens) != Self.secrets(self.settings.tokens) {
            changes.append(Change(name: "tokens", old: "masked", new: "changed", needsRestart: false))
        }
        let (before, after) = (old.settings.rules.map(\.text), self.settings.rules.map(\.text))
        if before != after {
            changes.append(
                Change(name: "channels", old: before.joined(separator: ", "), new: after.joined(separator: ", "), needsRestart: false))
        }
        return changes
    }

    /// What is in force, as it would be written.
    package func text(of setting: Setting) -> String {
        let text = self.texts[setting.path]?.values.joined(separator: ",") ?? setting.standard
        // A URL may have a password in it: redis://user:password@host.
        return text.replacing(/:\/\/[^\/]*@/) { _ in "://(masked)@" }
    }

    private static func keyChanges(from old: [KeySettings], to new: [KeySettings]) -> [Change] {
        var changes: [Change] = []
        for key in old where !new.contains(where: { $0.name == key.name }) {
            changes.append(Change(name: "keys.\(key.name)", old: "there", new: "gone", needsRestart: false))
        }
        for key in new {
            guard let before = old.first(where: { $0.name == key.name }) else {
                changes.append(Change(name: "keys.\(key.name)", old: "none", new: "there", needsRestart: false))
                continue
            }
            if before.secret != key.secret {
                changes.append(Change(name: "keys.\(key.name).secret", old: "masked", new: "changed", needsRestart: false))
            }
            if before.may != key.may {
                changes.append(
                    Change(
                        name: "keys.\(key.name).may", old: before.may.joined(separator: ","), new: key.may.joined(separator: ","),
                        needsRestart: false))
            }
            if before.channels != key.channels {
                changes.append(
                    Change(
                        name: "keys.\(key.name).channels", old: before.channels.joined(separator: ","),
                        new: key.channels.joined(separator: ","), needsRestart: false))
            }
        }
        return changes
    }

    /// To be compared, not shown.
    private static func secrets(_ tokens: TokenSettings) -> [String] {
        [tokens.anyKidSecret ?? ""] + tokens.hs256.flatMap { [$0.kid, $0.secret] }
    }
}
