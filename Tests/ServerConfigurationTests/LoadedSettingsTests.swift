import FanfareServer
import Foundation
import ServerConfiguration
import Testing

@Suite("Loaded settings")
struct LoadedSettingsTests {
    private func load(_ yaml: String? = nil, flags: [String: [String]] = [:], _ environment: [String: String] = [:]) async throws
        -> LoadedSettings
    {
        let path = FileManager.default.temporaryDirectory.appending(path: "fanfare-\(UUID().uuidString).yaml").path(percentEncoded: false)
        if let yaml { try yaml.write(toFile: path, atomically: true, encoding: .utf8) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return await LoadedSettings(
            SettingsSources(flags: flags, environment: environment, filePath: yaml == nil ? nil : path), processors: 2)
    }

    /// Without the file's path and the line.
    private func sentences(_ loaded: LoadedSettings) -> [String] {
        loaded.faults.map { fault in
            guard let end = fault.range(of: ".yaml:"), let colon = fault[end.upperBound...].range(of: ": ") else { return fault }
            return String(fault[colon.upperBound...])
        }
    }

    // MARK: - Precedence

    @Test("nothing set: the defaults, and a loop a core")
    func defaults() async throws {
        let loaded = try await load()
        #expect(loaded.faults.isEmpty)
        #expect(loaded.settings.port == 8000 && loaded.settings.loops == 2)
        #expect(loaded.texts.isEmpty)
    }

    @Test("flags win over variables, variables over the file, the file over defaults")
    func precedence() async throws {
        let yaml = "listen: {port: 1, host: 10.0.0.1}\nengine: {pingInterval: 1s}\ninsecureOpen: true\n"
        let loaded = try await load(
            yaml, flags: ["listen.port": ["3"]], ["FANFARE_PORT": "2", "FANFARE_HOST": "10.0.0.2"])
        #expect(loaded.faults.isEmpty)
        #expect(loaded.settings.port == 3)
        #expect(loaded.settings.host == "10.0.0.2")
        #expect(loaded.settings.pingInterval == 1_000)
        #expect(loaded.texts["listen.port"]?.origin == .flag("port"))
        #expect(loaded.texts["listen.host"]?.origin == .variable("FANFARE_HOST"))
        guard case .file(_, line: 2) = loaded.texts["engine.pingInterval"]?.origin else {
            Issue.record("\(String(describing: loaded.texts["engine.pingInterval"]))")
            return
        }
    }

    @Test("a list is replaced, not added to; blanks around its entries do not count")
    func lists() async throws {
        let yaml = "cors:\n  origins:\n    - https://a.example\n    - https://b.example\n"
        #expect(try await load(yaml).settings.corsOrigins == ["https://a.example", "https://b.example"])
        #expect(try await load(yaml, ["CORS_ORIGIN": " https://c.example , "]).settings.corsOrigins == ["https://c.example"])
        let both = try await load(nil, ["CORS_ORIGIN": "https://c.example", "FANFARE_CORS_ORIGIN": "https://d.example"])
        #expect(both.settings.corsOrigins == ["https://d.example"])
    }

    @Test("every setting can be set in the file and by its variable, with its own default", arguments: Setting.all.map(\.path))
    func everywhere(path: String) async throws {
        let setting = try #require(Setting.named(path))
        guard setting.fault(of: setting.standard) == nil, setting.standard != "none" else { return }
        let parts = path.split(separator: ".")
        let yaml = parts.count == 2 ? "\(parts[0]):\n  \(parts[1]): \(setting.standard)\n" : "\(path): \(setting.standard)\n"
        let fromFile = try await load(yaml)
        #expect(fromFile.faults.isEmpty && fromFile.texts[path]?.values == [setting.standard])
        let fromVariable = try await load(nil, [setting.variables[0]: setting.standard])
        #expect(fromVariable.faults.isEmpty && fromVariable.texts[path]?.origin == .variable(setting.variables[0]))
    }

    @Test(
        "a flag is written as people do, in any case",
        arguments: [
            ("true", true), ("TRUE", true), ("1", true), ("yes", true), ("On", true), ("false", false), ("0", false), ("No", false),
            ("OFF", false),
        ])
    func flags(text: String, expected: Bool) async throws {
        let loaded = try await load(nil, ["FANFARE_INSECURE_OPEN": text])
        #expect(loaded.settings.isInsecureOpen == expected && loaded.faults.isEmpty)
    }

    @Test("any other flag is a fault, never open", arguments: ["tru", "2", "y", " true", "true ", "enabled", "-1"])
    func badFlag(text: String) async throws {
        let loaded = try await load(nil, ["FANFARE_INSECURE_OPEN": text])
        #expect(!loaded.settings.isInsecureOpen)
        #expect(loaded.faults == ["FANFARE_INSECURE_OPEN is \"\(text)\": expected true or false"])
    }

    // MARK: - Faults

    @Test("everything that is wrong is said at once, with its line")
    func allAtOnce() async throws {
        let loaded = try await load(
            "listen: {prot: 1}\nengine:\n  pingTimeout: 3\nlimits: {channels: 0}\nkeys: {a: {secret: x, may: [fly]}}\n",
            ["FANFARE_PORT": "http", "FANFARE_BOGUS": "x"])
        #expect(
            sentences(loaded) == [
                #"FANFARE_PORT is "http": expected a port from 0 to 65535"#, "FANFARE_BOGUS is not a setting",
                "listen.prot is not a setting",
                #"engine.pingTimeout is "3": expected a duration such as 300ms, 25s or 2m"#,
                #"limits.channels is "0": expected a number from 1 to 10000000"#, #"keys.a.may has "fly": expected publish, read or admin"#,
            ])
        #expect(loaded.faults.contains { $0.contains(".yaml:3: engine.pingTimeout") })
    }

    @Test("a bad variable is a fault although a flag wins over it")
    func hiddenFault() async throws {
        let loaded = try await load(nil, flags: ["listen.port": ["1"]], ["FANFARE_PORT": "http"])
        #expect(loaded.faults.count == 1)
    }

    @Test(
        "files that are refused",
        arguments: [
            ("listen: {port: 1, port: 2}", "there twice"), ("a: &x {b: 1}\nlisten: *x", "a is not a setting"),
            ("- 1", "the file is a mapping"), ("listen: [1]", "listen is a mapping"),
            ("listen: {port: [1]}", "listen.port is one value"), ("listen: {port: }", "listen.port has no value"), ("listen: {", "line "),
            ("channels: {match: a}", "channels is a list of rules"), ("channels: [{match: a}]", "needs match and subscribe"),
            ("channels: [{match: a, subscribe: nobody}]", "expected open or token"),
            ("channels: [{match: a, subscribe: open, history: 1}]", "a rule has match and subscribe"),
            ("keys: {a: {may: [publish]}}", "needs a secret"), ("keys: {a: {secret: x}}", "needs may"),
            ("keys: {a: {secret: x, may: [publish], colour: red}}", "a key has secret, may and channels"),
            ("redis: {host: x}", "redis.host is not a setting"), ("engine: {allowEIO3: true}", "engine.allowEIO3 is not a setting"),
            ("proxies: [10.0.0.1/8]", "proxies is \"10.0.0.1/8\": expected an address"),
        ])
    func refused(yaml: String, part: String) async throws {
        let loaded = try await load(yaml)
        #expect(loaded.faults.contains { $0.contains(part) }, "\(loaded.faults)")
    }

    @Test("a section whose lines are all comments is empty", arguments: ["listen:\n", "keys:\n", "", "# nothing\n", "channels: []\n"])
    func empty(yaml: String) async throws {
        #expect(try await load(yaml).faults.isEmpty)
    }

    @Test("a file that is named has to be there; one that is not named does not")
    func missing() async {
        let loaded = await LoadedSettings(SettingsSources(environment: [:], filePath: "/nonexistent/fanfare.yaml"), processors: 1)
        #expect(loaded.faults == ["/nonexistent/fanfare.yaml cannot be read"])
    }

    @Test(
        "contradictions",
        arguments: [
            ("tls: {certificate: a.pem}", "TLS needs both"), ("cors: {origins: ['*'], credentials: true}", "credentials cannot be allowed"),
            ("channels: [{match: a, subscribe: token}]", "a channel rule wants tokens"),
            ("keys: {a: {secret: x, may: [publish]}, b: {secret: x, may: [read]}}", "have the same secret"),
            ("keys: {a: {secret: ' ', may: [publish]}}", "is blank"), ("listen: {host: 0.0.0.0}", "can be reached from other machines"),
            ("listen: {host: 0.0.0.0}\nkeys: {a: {secret: xyz, may: [read]}}", "can be reached from other machines"),
            ("tokens: {hs256: {k: short}}", "could be guessed"), ("tokens: {jwks: /nonexistent}", "cannot be read"),
            ("drain: {window: 16s}", "at most 15s"),
        ])
    func contradictions(yaml: String, part: String) async throws {
        let loaded = try await load(yaml)
        #expect(loaded.faults.contains { $0.contains(part) }, "\(loaded.faults)")
    }

    // MARK: - Keys and rules

    @Test("keys of the file stand beside the one of the environment, which may do all")
    func keys() async throws {
        let loaded = try await load(
            "keys:\n  shop: {secret: 'shop-secret', may: [publish], channels: ['orders.*']}\n", ["FANFARE_PUBLISH_KEY": "top-secret"])
        #expect(
            loaded.settings.keys == [
                KeySettings(name: "default", secret: "top-secret"),
                KeySettings(name: "shop", secret: "shop-secret", may: ["publish"], channels: ["orders.*"]),
            ])
        #expect(loaded.faults.isEmpty)
    }

    @Test("no report and no difference shows a secret")
    func masked() async throws {
        let secret = "0123456789abcdef0123456789abcdef"
        let yaml = "keys: {shop: {secret: \(secret)k, may: [publish]}}\ntokens: {hs256: {a: \(secret)t}}\n"
        let loaded = try await load(yaml, ["FANFARE_PUBLISH_KEY": secret + "p", "FANFARE_TOKEN_SECRET": secret + "s"])
        #expect(loaded.faults.isEmpty)
        #expect(!loaded.report.contains(secret))
        #expect(loaded.report.contains("FANFARE_PUBLISH_KEY") && loaded.report.contains("keys.shop"))
        let changes = loaded.changes(since: try await load())
        #expect(!"\(changes)".contains(secret))
        #expect(changes.map(\.name) == ["keys.default", "keys.shop", "tokens"])
    }

    // MARK: - Changes

    @Test("a reload says what changed and what waits for the next start")
    func changes() async throws {
        let before = try await load("listen: {port: 1}\nlimits: {channels: 5}\nkeys: {a: {secret: one, may: [publish]}}\n")
        let after = try await load(
            "listen: {port: 2}\nlimits: {channels: 6}\nkeys: {a: {secret: two, may: [publish]}}\nchannels: [{match: a, subscribe: open}]\n")
        let changes = after.changes(since: before)
        #expect(changes.map(\.name) == ["listen.port", "limits.channels", "keys.a.secret", "channels"])
        #expect(changes.map(\.needsRestart) == [true, false, false, false])
        #expect(changes[1].old == "5" && changes[1].new == "6")
        #expect(after.changes(since: after).isEmpty)
    }
}
