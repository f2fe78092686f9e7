import ArgumentParser
import Foundation
import ServerConfiguration

/// Every setting as a flag. What they mean stands in `Setting`; ArgumentParser wants each one spelled out. Shared by `serve` and `config`.
struct SettingArguments: ParsableArguments {
    @Option(help: "Configuration file (default: fanfare.yaml in the working folder, if there is one).", completion: .file())
    var config: String?

    @Option(help: Self.help("listen.host")) var host: String?
    @Option(help: Self.help("listen.port")) var port: String?
    @Option(help: Self.help("loops")) var loops: String?
    @Option(help: Self.help("engine.pingInterval")) var pingInterval: String?
    @Option(help: Self.help("engine.pingTimeout")) var pingTimeout: String?
    @Option(help: Self.help("engine.connectTimeout")) var connectTimeout: String?
    @Option(help: Self.help("engine.upgradeTimeout")) var upgradeTimeout: String?
    @Option(help: Self.help("engine.maxPayload")) var maxPayload: String?
    @Option(help: Self.help("cors.origins", more: "Repeatable; also CORS_ORIGIN, a comma list.")) var corsOrigin: [String] = []
    @Flag(inversion: .prefixedNo, help: Self.help("cors.credentials")) var corsCredentials: Bool?
    @Option(help: Self.help("tokens.jwks"), completion: .file()) var jwks: String?
    @Flag(help: Self.help("insecureOpen")) var insecureOpen = false
    @Option(help: Self.help("tls.certificate"), completion: .file()) var tlsCertificate: String?
    @Option(help: Self.help("tls.key"), completion: .file()) var tlsKey: String?
    @Option(help: Self.help("proxies", more: "Repeatable.")) var proxy: [String] = []
    @Option(help: Self.help("redis.url")) var redis: String?
    @Option(help: Self.help("redis.authorities"), completion: .file()) var redisCacert: String?
    @Option(help: Self.help("redis.ingest", more: "Repeatable.")) var ingest: [String] = []
    @Flag(help: Self.help("redis.ready")) var readyNeedsBackplane = false
    @Option(help: Self.help("drain.window")) var drainWindow: String?
    @Option(help: Self.help("log.level")) var logLevel: String?
    @Option(help: Self.help("log.format")) var logFormat: String?

    private static let options: [(path: String, values: @Sendable (SettingArguments) -> [String])] = [
        ("listen.host", { $0.host.map { [$0] } ?? [] }),
        ("listen.port", { $0.port.map { [$0] } ?? [] }),
        ("loops", { $0.loops.map { [$0] } ?? [] }),
        ("engine.pingInterval", { $0.pingInterval.map { [$0] } ?? [] }),
        ("engine.pingTimeout", { $0.pingTimeout.map { [$0] } ?? [] }),
        ("engine.connectTimeout", { $0.connectTimeout.map { [$0] } ?? [] }),
        ("engine.upgradeTimeout", { $0.upgradeTimeout.map { [$0] } ?? [] }),
        ("engine.maxPayload", { $0.maxPayload.map { [$0] } ?? [] }),
        ("cors.origins", { $0.corsOrigin }),
        ("cors.credentials", { $0.corsCredentials.map { ["\($0)"] } ?? [] }),
        ("tokens.jwks", { $0.jwks.map { [$0] } ?? [] }),
        ("insecureOpen", { $0.insecureOpen ? ["true"] : [] }),
        ("tls.certificate", { $0.tlsCertificate.map { [$0] } ?? [] }),
        ("tls.key", { $0.tlsKey.map { [$0] } ?? [] }),
        ("proxies", { $0.proxy }),
        ("redis.url", { $0.redis.map { [$0] } ?? [] }),
        ("redis.authorities", { $0.redisCacert.map { [$0] } ?? [] }),
        ("redis.ingest", { $0.ingest }),
        ("redis.ready", { $0.readyNeedsBackplane ? ["true"] : [] }),
        ("drain.window", { $0.drainWindow.map { [$0] } ?? [] }),
        ("log.level", { $0.logLevel.map { [$0] } ?? [] }),
        ("log.format", { $0.logFormat.map { [$0] } ?? [] }),
    ]

    /// Called while the command line is read: a bad flag is a usage error (64), a bad variable or file a configuration error (78).
    func validate() throws {
        for (path, values) in Self.options { try Self.check(path, values(self)) }
    }

    static func check(_ path: String, _ values: [String]) throws {
        guard let setting = Setting.named(path) else { return }
        for value in values {
            if let fault = setting.fault(of: value) { throw ValidationError("--\(setting.flag) is \"\(value)\": \(fault)") }
        }
    }

    /// The file, the variables and these flags.
    func sources(_ limits: LimitArguments) -> SettingsSources {
        var flags = limits.flags
        for (path, values) in Self.options { flags[path] = values(self) }
        return SettingsSources(flags: flags, environment: ProcessInfo.processInfo.environment, filePath: self.config)
    }

    private static func help(_ path: String, more: String = "") -> ArgumentHelp {
        guard let setting = Setting.named(path) else { return "" }
        return ArgumentHelp("\(setting.explanation)\(more.isEmpty ? "" : " " + more) (default: \(setting.standard))")
    }
}
