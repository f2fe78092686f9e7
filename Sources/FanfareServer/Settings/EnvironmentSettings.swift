import Foundation

/// Reads `FANFARE_*` (contract 8). Flags win over what it finds.
package struct EnvironmentSettings {
    private let environment: [String: String]
    /// What is wrong, one sentence each.
    package private(set) var faults: [String] = []
    /// Worth a log line.
    package private(set) var notes: [String] = []
    private var known: Set<String> = []

    package init(_ environment: [String: String]) {
        self.environment = environment
    }

    /// The text of a variable; empty counts as not set.
    package mutating func text(_ name: String) -> String? {
        self.known.insert(name)
        guard let text = self.environment[name], !text.isEmpty, !self.isKubernetes(name, text) else { return nil }
        return text
    }

    /// Notes what is wrong with a variable.
    package mutating func refuse(_ sentence: String) {
        self.faults.append(sentence)
    }

    /// A secret from `NAME`, or from the file that `NAME_FILE` names; never shown.
    package mutating func secret(_ name: String) -> String? {
        let direct = self.text(name)?.trimmingCharacters(in: .whitespacesAndNewlines)
        if direct?.isEmpty == true { self.faults.append("\(name) is blank") }
        guard let path = self.text(name + "_FILE") else { return direct?.isEmpty == true ? nil : direct }
        guard direct == nil else {
            self.faults.append("\(name) and \(name)_FILE are both set: set one")
            return nil
        }
        guard let contents = FileManager.default.contents(atPath: path) else {
            // Whoever put the secret itself there must not find it in a log.
            let named = FileManager.default.fileExists(atPath: path) ? "names \(path), which" : "names a file that"
            self.faults.append("\(name)_FILE \(named) cannot be read\(named.hasSuffix("that") ? " (is it the secret itself?)" : "")")
            return nil
        }
        let secret = String(decoding: contents, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if secret.isEmpty { self.faults.append("\(name)_FILE names \(path), which is empty") }
        return secret.isEmpty ? nil : secret
    }

    /// To be called last: every `FANFARE_*` that nobody has asked for is a mistake.
    package mutating func refuseUnknown() {
        for name in self.environment.keys.sorted() where name.hasPrefix("FANFARE_") && !self.known.contains(name) {
            if self.isKubernetes(name, self.environment[name] ?? "") { continue }
            self.faults.append("\(name) is not a setting")
        }
        if self.environment.contains(where: { self.isKubernetes($0.key, $0.value) }) {
            self.notes.append("ignored the variables that Kubernetes sets for a Service called fanfare")
        }
    }

    /// Kubernetes puts these into every container for a Service of our name.
    private func isKubernetes(_ name: String, _ value: String) -> Bool {
        name.hasPrefix("FANFARE_SERVICE_") || name.hasPrefix("FANFARE_PORT_") || (name == "FANFARE_PORT" && value.hasPrefix("tcp://"))
    }
}
