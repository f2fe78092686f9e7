import AccessControl
package import FanfareServer
import Yams

/// A configuration file as it was written: texts by setting, keys, token secrets, channel rules, and everything that is wrong with it.
///
/// Read with Yams itself and not through a provider of swift-configuration, since that keeps neither the lines nor the keys that nobody asks
/// for, and both are needed to say what is wrong where.
package struct SettingsFile: Sendable {
    /// A file is written by hand; a bigger one is a mistake.
    package static let maximumByteCount = 1 << 20

    package let path: String
    package private(set) var texts: [String: SettingText] = [:]
    package private(set) var keys: [KeySettings] = []
    package private(set) var tokenSecrets: [(kid: String, secret: String)] = []
    package private(set) var rules: [ChannelRuleSettings] = []
    /// Where the sections that are no single settings begin, for `config show`.
    package private(set) var lines: [String: Int] = [:]
    package private(set) var faults: [String] = []

    /// - Parameters:
    ///   - text: YAML 1.1.
    ///   - path: for what is said about it.
    package init(reading text: String, path: String) {
        self.path = path
        do {
            guard let root = try Yams.compose(yaml: text) else { return }
            self.readSection(root, path: "")
        } catch let error as YamlError {
            self.faults.append("\(path): \(Self.describe(error))")
        } catch {
            self.faults.append("\(path) is no YAML")
        }
    }

    /// A file that is only its faults.
    init(path: String, fault: String) {
        self.path = path
        self.faults = [fault]
    }

    // MARK: - Sections

    private mutating func readSection(_ node: Node, path: String) {
        for (name, value) in self.members(of: node, path: path) {
            let path = path.isEmpty ? name : path + "." + name
            if let setting = Setting.named(path) {
                self.readSetting(setting, value)
            } else if Self.sections.contains(path) {
                self.readSection(value, path: path)
            } else {
                switch path {
                case "keys": self.readKeys(value)
                case "tokens.hs256": self.readTokenSecrets(value)
                case "channels": self.readRules(value)
                default: self.refuse(value, "\(path) is not a setting\(Self.suggestion(for: path))")
                }
            }
        }
    }

    private static let sections: Set<String> = Set(
        Setting.all.map(\.path).filter { $0.contains(".") }.map { String($0.prefix { $0 != "." }) })

    private mutating func readSetting(_ setting: Setting, _ node: Node) {
        guard let values = setting.isList ? self.texts(in: node, of: setting.path) : self.text(in: node, of: setting.path).map({ [$0] })
        else {
            return
        }
        for value in values {
            if let fault = setting.fault(of: value) { self.refuse(node, "\(setting.path) is \"\(value)\": \(fault)") }
        }
        self.texts[setting.path] = SettingText(values, .file(self.path, line: Self.line(of: node)))
    }

    // MARK: - Keys, tokens, rules

    private mutating func readKeys(_ node: Node) {
        self.lines["keys"] = Self.line(of: node)
        for (name, value) in self.members(of: node, path: "keys") {
            var secret: String?
            var may: [String]?
            var channels: [String] = []
            for (member, value) in self.members(of: value, path: "keys.\(name)") {
                let path = "keys.\(name).\(member)"
                switch member {
                case "secret": secret = self.text(in: value, of: path)
                case "may": may = self.texts(in: value, of: path)
                case "channels": channels = self.texts(in: value, of: path) ?? []
                default: self.refuse(value, "\(path) is not a setting: a key has secret, may and channels")
                }
            }
            guard let secret, let may else {
                self.refuse(value, "keys.\(name) needs \(secret == nil ? "a secret" : "may: a list of publish, read and admin")")
                continue
            }
            self.keys.append(KeySettings(name: name, secret: secret, may: may, channels: channels))
        }
    }

    private mutating func readTokenSecrets(_ node: Node) {
        self.lines["tokens.hs256"] = Self.line(of: node)
        for (kid, value) in self.members(of: node, path: "tokens.hs256") {
            if let secret = self.text(in: value, of: "tokens.hs256.\(kid)") { self.tokenSecrets.append((kid, secret)) }
        }
    }

    private mutating func readRules(_ node: Node) {
        self.lines["channels"] = Self.line(of: node)
        guard case .sequence(let rules) = node else {
            return self.refuse(node, "channels is a list of rules such as {match: \"orders.*\", subscribe: token}")
        }
        for (index, rule) in rules.enumerated() {
            let path = "channels[\(index)]"
            var match: String?
            var subscribe: ChannelRules.Subscription?
            for (member, value) in self.members(of: rule, path: path) {
                guard let text = self.text(in: value, of: "\(path).\(member)") else { continue }
                switch member {
                case "match":
                    match = text
                case "subscribe":
                    subscribe = ChannelRules.Subscription(rawValue: text)
                    if subscribe == nil { self.refuse(value, "\(path).subscribe is \"\(text)\": expected open or token") }
                default:
                    self.refuse(value, "\(path).\(member) is not a setting: a rule has match and subscribe")
                }
            }
            if let match, let subscribe {
                self.rules.append(ChannelRuleSettings(match: match, subscribe: subscribe))
            } else if self.faults.isEmpty {
                self.refuse(rule, "\(path) needs match and subscribe")
            }
        }
    }

    // MARK: - Nodes

    /// The members of a mapping, in order. An empty value is an empty mapping: a section whose lines are all comments.
    private mutating func members(of node: Node, path: String) -> [(name: String, value: Node)] {
        switch node {
        case .mapping(let mapping):
            var members: [(String, Node)] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    self.refuse(key, "a name in \(path.isEmpty ? "the file" : path) is no text")
                    continue
                }
                members.append((name.string, value))
            }
            return members
        case .scalar(let scalar) where scalar.string.isEmpty && scalar.style == .plain || scalar.string == "null" || scalar.string == "~":
            return []
        default:
            self.refuse(node, "\(path.isEmpty ? "the file" : path) is a mapping: name: value")
            return []
        }
    }

    private mutating func text(in node: Node, of path: String) -> String? {
        guard case .scalar(let scalar) = node else {
            self.refuse(node, "\(path) is one value")
            return nil
        }
        if scalar.string.isEmpty {
            self.refuse(node, "\(path) has no value")
            return nil
        }
        return scalar.string
    }

    private mutating func texts(in node: Node, of path: String) -> [String]? {
        guard case .sequence(let items) = node else { return self.text(in: node, of: path).map { [$0] } }
        return items.compactMap { self.text(in: $0, of: path) }
    }

    private mutating func refuse(_ node: Node, _ sentence: String) {
        self.faults.append("\(self.path):\(Self.line(of: node)): \(sentence)")
    }

    private static func line(of node: Node) -> Int { node.mark?.line ?? 1 }

    /// The setting that was probably meant: one with the same last part, or in the same letters.
    private static func suggestion(for path: String) -> String {
        let wanted = path.lowercased().filter { $0.isLetter }
        let last = path.split(separator: ".").last.map(String.init) ?? path
        let near = Setting.all.first {
            $0.path.lowercased().filter(\.isLetter) == wanted || $0.path.hasSuffix("." + last) || $0.flag == last
        }
        return near.map { " (is \($0.path) meant?)" } ?? ""
    }

    private static func describe(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            "line \(context.mark.line): \(duplicates.joined(separator: ", ")) is there twice"
        case .reader(let problem, _, _, _):
            problem
        default:
            "is no YAML"
        }
    }
}
