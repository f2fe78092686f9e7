import Configuration
package import FanfareServer
import Foundation
import Tokens
import TransportSecurity

/// All settings in force, where each came from, and everything that is wrong: nothing is started with a fault.
package struct LoadedSettings: Sendable {
    package private(set) var settings: ServerSettings
    /// Settings that some source names, by path.
    package private(set) var texts: [String: SettingText] = [:]
    package private(set) var origins: SecretOrigins
    package private(set) var faults: [String] = []
    /// Worth a log line.
    package private(set) var notes: [String] = []

    /// Reads everything. Flags win over variables, variables over the file, the file over defaults (contract 8).
    package init(_ sources: SettingsSources, processors: Int) async {
        var environment = EnvironmentSettings(sources.environment)
        let file = sources.readFile()
        var settings = ServerSettings()
        settings.loops = min(max(processors, 1), 64)

        let flags = Self.texts(ofFlags: sources.flags)
        let variables = Self.texts(of: &environment)
        let reader = ConfigReader(providers: [flags, variables, file?.texts ?? [:]].map(Self.provider))
        for setting in Setting.all {
            let key = ConfigKey(setting.path.split(separator: ".").map(String.init))
            guard let values = reader.stringArray(forKey: key) else { continue }
            for value in values { _ = setting.apply(value, &settings) }
            // The first that has it is the one whose values the reader gave.
            self.texts[setting.path] = flags[setting.path] ?? variables[setting.path] ?? file?.texts[setting.path]
        }

        // Secrets have no flags: a command line can be read by everybody on the machine.
        let publishKey = environment.secret("FANFARE_PUBLISH_KEY")
        settings.keys = (publishKey.map { [KeySettings(name: "default", secret: $0)] } ?? []) + (file?.keys ?? [])
        settings.tokens.anyKidSecret = environment.secret("FANFARE_TOKEN_SECRET")
        settings.tokens.hs256 = file?.tokenSecrets ?? []
        settings.rules = file?.rules ?? []
        environment.refuseUnknown()

        self.origins = SecretOrigins(
            hasPublishKeyVariable: publishKey != nil, hasTokenSecretVariable: settings.tokens.anyKidSecret != nil, file: file)
        self.settings = settings
        let faults = environment.faults + (file?.faults ?? [])
        // What a value is for is judged once all of them can be read.
        self.faults = faults + settings.faults.filter { !faults.contains($0) }
        do {
            _ = try await settings.tokens.keys()
        } catch let faults as TokenKeyFaults {
            self.faults += faults.sentences
        } catch {
            self.faults.append("\(error)")
        }
        do {
            _ = try settings.tls.load()
        } catch {
            self.faults.append(error.message)
        }
        self.notes = environment.notes
    }

    private static func texts(ofFlags flags: [String: [String]]) -> [String: SettingText] {
        var texts: [String: SettingText] = [:]
        for (path, values) in flags where !values.isEmpty {
            texts[path] = SettingText(values, .flag(Setting.named(path)?.flag ?? path))
        }
        return texts
    }

    /// A variable is judged even where it does not count: it would count once the flag is gone.
    private static func texts(of environment: inout EnvironmentSettings) -> [String: SettingText] {
        var texts: [String: SettingText] = [:]
        for setting in Setting.all {
            for name in setting.variables {
                guard let text = environment.text(name) else { continue }
                let values =
                    setting.isList
                    ? text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty } : [text]
                for value in values {
                    if let fault = setting.fault(of: value) { environment.refuse("\(name) is \"\(value)\": \(fault)") }
                }
                if texts[setting.path] == nil, !values.isEmpty { texts[setting.path] = SettingText(values, .variable(name)) }
            }
        }
        return texts
    }

    private static func provider(_ texts: [String: SettingText]) -> InMemoryProvider {
        InMemoryProvider(
            values: Dictionary(
                uniqueKeysWithValues: texts.map { path, text in
                    (
                        AbsoluteConfigKey(path.split(separator: ".").map(String.init)),
                        ConfigValue(.stringArray(text.values), isSecret: false)
                    )
                }))
    }
}
