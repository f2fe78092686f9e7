import FanfareServer
import Foundation
import Logging

extension Setting {
    package static let all: [Setting] = Self.general + Limit.allCases.map(Self.init(limit:))

    package static func named(_ path: String) -> Setting? {
        Self.byPath[path]
    }

    static let byPath: [String: Setting] = Dictionary(uniqueKeysWithValues: Self.all.map { ($0.path, $0) })

    private static let general: [Setting] = [
        Setting("listen.host", flag: "host", standard: "127.0.0.1", expected: "an address", "Address to listen on.") { text, settings in
            settings.host = text
            return !text.isEmpty
        },
        Setting(
            "listen.port", flag: "port", standard: "8000", expected: "a port from 0 to 65535",
            "Port to listen on; 0 takes any free one and prints it."
        ) { text, settings in
            Self.set(&settings.port, Self.number(text, 0...65_535))
        },
        Setting(
            "loops", flag: "loops", standard: "one a core", expected: "a number from 1 to 64", "Event loops, one thread each."
        ) { text, settings in
            Self.set(&settings.loops, Self.number(text, 1...64))
        },
        Self.duration(
            "engine.pingInterval", flag: "ping-interval", standard: "25s", "From the handshake, and from each pong, to the next ping.",
            \.pingInterval),
        Self.duration(
            "engine.pingTimeout", flag: "ping-timeout", standard: "20s", "How long a client may take to answer a ping.", \.pingTimeout),
        Self.duration(
            "engine.connectTimeout", flag: "connect-timeout", standard: "45s",
            "How long a client may take from the handshake to its CONNECT.", \.connectTimeout),
        Self.duration(
            "engine.upgradeTimeout", flag: "upgrade-timeout", standard: "10s",
            "How long a WebSocket may take to take over from long-polling.", \.upgradeTimeout),
        Setting(
            "engine.maxPayload", flag: "max-payload", standard: "1000000", expected: "a number of bytes from 1000 to 100000000",
            "Largest body and WebSocket message, in bytes."
        ) { text, settings in
            Self.set(&settings.maximumPayload, Self.number(text, 1_000...100_000_000))
        },
        Setting(
            "cors.origins", flag: "cors-origin", variables: ["FANFARE_CORS_ORIGIN", "CORS_ORIGIN"], standard: "none",
            expected: "an origin such as https://example.org, or *", isList: true, change: .reload,
            "Origin whose pages may connect, such as https://example.org, or * for all."
        ) { text, settings in
            // What is wrong with an entry is said by `ServerSettings.faults`, with the right form.
            settings.corsOrigins.append(text)
            return true
        },
        Setting(
            "cors.credentials", flag: "cors-credentials", standard: "on for a list of origins, off for *", expected: "true or false",
            change: .reload, "Whether pages of listed origins may connect with cookies and HTTP credentials."
        ) { text, settings in
            settings.corsCredentials = Self.flag(text)
            return settings.corsCredentials != nil
        },
        Setting(
            "tokens.jwks", flag: "jwks", standard: "none", expected: "a path", change: .reload,
            "File with a JSON Web Key Set: the keys that subscribers' tokens are checked with."
        ) { text, settings in
            settings.tokens.jwksPath = text
            return !text.isEmpty
        },
        Setting(
            "insecureOpen", flag: "insecure-open", standard: "false", expected: "true or false", change: .reload,
            "Be open to everybody although other machines can reach this server."
        ) { text, settings in
            Self.set(&settings.isInsecureOpen, Self.flag(text))
        },
        Setting(
            "tls.certificate", flag: "tls-certificate", standard: "none", expected: "a path", change: .reload,
            "PEM file with the certificate and those that signed it. With a key: HTTPS and WSS only."
        ) { text, settings in
            settings.tls.certificatePath = text
            return !text.isEmpty
        },
        Setting(
            "tls.key", flag: "tls-key", standard: "none", expected: "a path", change: .reload,
            "PEM file with the certificate's private key."
        ) { text, settings in
            settings.tls.keyPath = text
            return !text.isEmpty
        },
        Setting(
            "proxies", flag: "proxy", standard: "none",
            expected: "an address, or a block without bits behind its prefix such as 10.0.0.0/8", isList: true, change: .reload,
            "Proxy whose X-Forwarded-For and X-Forwarded-Host are believed: an address or a block such as 10.0.0.0/8."
        ) { text, settings in
            settings.addProxy(text)
        },
        Setting(
            "redis.url", flag: "redis", standard: "none", expected: "redis://user:password@host:port/database, or rediss://…",
            "Redis that carries messages between several nodes; rediss:// for TLS."
        ) { text, settings in
            // What is wrong with it is said by `ServerSettings.faults`.
            settings.redis.url = text
            return true
        },
        Setting(
            "redis.authorities", flag: "redis-cacert", standard: "the system's", expected: "a path",
            "PEM file of the authorities that have signed Redis' certificate."
        ) { text, settings in
            settings.redis.authoritiesPath = text
            return !text.isEmpty
        },
        Setting(
            "redis.ingest", flag: "ingest", standard: "none",
            expected: "socket.io-redis, socket.io-emitter, python-socketio or flask-socketio, and perhaps :name", isList: true,
            "Publishers that write to Redis themselves: socket.io-redis, socket.io-emitter (old ports), python-socketio or flask-socketio;"
                + " behind a colon the name that they use there, if it is another."
        ) { text, settings in
            settings.redis.addEmitter(text)
        },
        Setting(
            "redis.ready", flag: "ready-needs-backplane", standard: "false", expected: "true or false",
            "Whether /readyz fails while Redis is away."
        ) { text, settings in
            Self.set(&settings.redis.isNeededForReadiness, Self.flag(text))
        },
        Self.duration(
            "drain.window", flag: "drain-window", standard: "10s", "Over how long the clients leave when the server stops; at most 15s.",
            \.drainWindow),
        Setting(
            "log.level", flag: "log-level", standard: "info", expected: "trace, debug, info, notice, warning, error or critical",
            change: .reload, "How much is logged: trace, debug, info, notice, warning, error or critical."
        ) { text, settings in
            Self.set(&settings.logLevel, Logger.Level(rawValue: text.lowercased()))
        },
        Setting(
            "log.format", flag: "log-format", standard: "logfmt", expected: "logfmt or json", "How log lines are written: logfmt or json."
        ) { text, settings in
            Self.set(&settings.logFormat, LogFormat(rawValue: text))
        },
    ]

    private init(limit: Limit) {
        let (bounds, answer) = limit.explanation
        self.init(
            "limits." + limit.rawValue, flag: limit.flag,
            standard: limit.standard.map { Limits.text($0, of: limit) } ?? "see docs/limits.md", expected: Limits.expected(for: limit),
            change: .reload, "\(bounds). Past it: \(answer)."
        ) { text, settings in
            guard let value = Limits.parse(text, for: limit) else { return false }
            settings.limits[limit] = value
            return true
        }
    }

    private static func duration(
        _ path: String, flag: String, standard: String, _ explanation: String,
        _ target: any WritableKeyPath<ServerSettings, Int64> & Sendable
    ) -> Setting {
        Setting(path, flag: flag, standard: standard, expected: "a duration such as 300ms, 25s or 2m", explanation) { text, settings in
            guard let duration = DurationText(text), duration.milliseconds > 0 else { return false }
            settings[keyPath: target] = duration.milliseconds
            return true
        }
    }

    private static func number(_ text: String, _ range: ClosedRange<Int>) -> Int? {
        Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// As people write yes and no.
    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1", "yes", "on": true
        case "false", "0", "no", "off": false
        default: nil
        }
    }

    private static func set<Value>(_ target: inout Value, _ value: Value?) -> Bool {
        guard let value else { return false }
        target = value
        return true
    }
}
