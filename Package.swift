// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// The ground targets read bytes that strangers send: there every use of an unsafe construct has to be spelled out.
let ground: [SwiftSetting] = strict + [.strictMemorySafety()]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")

let package = Package(
    name: "fanfare",
    products: [.executable(name: "fanfare", targets: ["fanfare"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // Ground: bytes in, values out. The standard library only.
        .target(name: "WireBytes", swiftSettings: ground),
        .target(name: "EngineIO", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "SocketIO", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "WebSocketFraming", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "AccessControl", dependencies: ["WireBytes"], swiftSettings: ground),

        .target(name: "RESP", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "Emitters", dependencies: ["WireBytes"], swiftSettings: ground),

        // The middle: who hears what, in which order.
        .target(name: "Broadcast", dependencies: ["WireBytes", "SocketIO", "WebSocketFraming", nioCore], swiftSettings: strict),

        // What is counted, and how it is written down.
        .target(name: "Telemetry", dependencies: [coreMetrics], swiftSettings: strict),

        // The edge: sockets, HTTP, transports.
        .target(name: "HTTPEdge", dependencies: ["WireBytes", nioCore, nioPosix, nioHTTP1], swiftSettings: strict),
        .target(
            name: "Realtime",
            dependencies: [
                "HTTPEdge", "Broadcast", "EngineIO", "SocketIO", "WebSocketFraming", "AccessControl", "WireBytes", nioCore, crypto,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "HTTPAPI",
            dependencies: ["HTTPEdge", "Broadcast", "AccessControl", "Telemetry", "WireBytes", nioCore],
            resources: [.embedInCode("Pages")],
            swiftSettings: strict
        ),

        // The page for the person who runs it.
        .target(
            name: "Console",
            dependencies: ["HTTPAPI", "HTTPEdge", "Broadcast", "AccessControl", "WireBytes", nioCore],
            resources: [.embedInCode("Assets")],
            swiftSettings: strict
        ),

        // Signatures of subscribers' tokens. The layers below know the protocol that it stands behind.
        .target(name: "Tokens", dependencies: ["AccessControl", "WireBytes", jwtKit, crypto], swiftSettings: strict),

        // TLS, for both ends.
        .target(
            name: "TransportSecurity",
            dependencies: [
                nioCore, .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),

        // The way to other nodes.
        .target(
            name: "Backplane",
            dependencies: ["RESP", "Emitters", "Broadcast", "TransportSecurity", "WireBytes", nioCore, nioPosix, crypto],
            swiftSettings: strict
        ),

        // The other end, for the client commands.
        .target(
            name: "FanfareClient",
            dependencies: [
                "EngineIO", "SocketIO", "WebSocketFraming", "TransportSecurity", "WireBytes", nioCore, nioPosix, nioHTTP1, crypto,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "LoadGenerator",
            dependencies: ["FanfareClient", "WireBytes", nioCore, .product(name: "Histogram", package: "hdrhistogram-swift")],
            swiftSettings: strict
        ),

        // Wiring.
        .target(
            name: "FanfareServer",
            dependencies: [
                "Backplane", "Console", "HTTPAPI", "Realtime", "HTTPEdge", "Broadcast", "Tokens", "AccessControl", "TransportSecurity",
                "EngineIO", "Telemetry",
                "WireBytes",
                nioCore, nioPosix, logging,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ServerConfiguration",
            dependencies: [
                "FanfareServer", "AccessControl", "Tokens", "TransportSecurity", logging, .product(name: "Yams", package: "Yams"),
                .product(name: "Configuration", package: "swift-configuration"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "fanfare",
            dependencies: [
                "FanfareServer", "ServerConfiguration", "FanfareClient", "TransportSecurity", "LoadGenerator", "Tokens", "AccessControl",
                "Telemetry", "WireBytes", logging,
                nioCore, nioPosix, coreMetrics,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),

        // The fixtures of the protocols' own suites, on the same layers. For tests.
        .executableTarget(
            name: "ConformanceServer",
            dependencies: [
                "Realtime", "HTTPEdge", "Broadcast", "AccessControl", "EngineIO", "WireBytes", nioCore, nioPosix,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // What several suites share.
        .target(name: "TestSupport", dependencies: ["Broadcast"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "FuzzTargets",
            dependencies: ["WireBytes", "EngineIO", "SocketIO", "WebSocketFraming", "AccessControl", "RESP", "Emitters"],
            path: "Tests/FuzzTargets", swiftSettings: strict),
        .target(
            name: "FuzzConnections",
            dependencies: [
                "FuzzTargets", "Realtime", "HTTPEdge", "Broadcast", "AccessControl", "EngineIO", "WireBytes", nioCore, nioEmbedded,
            ],
            path: "Tests/FuzzConnections", swiftSettings: strict),
        .testTarget(name: "FuzzingTests", dependencies: ["FuzzTargets", "FuzzConnections", "TestSupport"], swiftSettings: strict),
        .target(
            name: "Simulator",
            dependencies: [
                "Realtime", "HTTPAPI", "HTTPEdge", "Broadcast", "AccessControl", "EngineIO", "SocketIO", "TestSupport", nioCore,
            ],
            path: "Tests/Simulator", swiftSettings: strict),
        .executableTarget(name: "simulate", dependencies: ["Simulator"], path: "Tests/simulate", swiftSettings: strict),
        .testTarget(name: "RESPTests", dependencies: ["RESP", "WireBytes", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "EmittersTests", dependencies: ["Emitters", "WireBytes", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "BackplaneTests", dependencies: ["Backplane", "RESP", "Broadcast", "WireBytes", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "SimulatorTests", dependencies: ["Simulator"], swiftSettings: strict),
        .testTarget(name: "WireBytesTests", dependencies: ["WireBytes", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "EngineIOTests", dependencies: ["EngineIO", "WireBytes", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "SocketIOTests", dependencies: ["SocketIO", "WireBytes", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "WebSocketFramingTests",
            dependencies: ["WebSocketFraming", "WireBytes", "TestSupport", nioCore, nioEmbedded, nioWebSocket],
            swiftSettings: strict
        ),
        .testTarget(name: "AccessControlTests", dependencies: ["AccessControl", "WireBytes", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry", coreMetrics], swiftSettings: strict),
        .testTarget(
            name: "TokensTests", dependencies: ["Tokens", "AccessControl", "WireBytes", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "BroadcastTests", dependencies: ["Broadcast", "WireBytes", "TestSupport", nioCore, nioPosix, nioEmbedded],
            swiftSettings: strict),
        .testTarget(
            name: "HTTPEdgeTests", dependencies: ["HTTPEdge", "TestSupport", nioCore, nioPosix, nioEmbedded, nioHTTP1],
            swiftSettings: strict),
        .testTarget(
            name: "RealtimeTests",
            dependencies: [
                "Realtime", "HTTPEdge", "Broadcast", "AccessControl", "EngineIO", "SocketIO", "WebSocketFraming", nioCore, nioEmbedded,
                nioHTTP1,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "HTTPAPITests", dependencies: ["HTTPAPI", "HTTPEdge", "Broadcast", "AccessControl", nioCore, nioEmbedded],
            swiftSettings: strict),
        .testTarget(
            name: "ConsoleTests",
            dependencies: ["Console", "HTTPAPI", "HTTPEdge", "Broadcast", "AccessControl", nioCore, nioEmbedded],
            swiftSettings: strict),
        .testTarget(
            name: "FanfareClientTests",
            dependencies: [
                "FanfareClient", "WebSocketFraming", "WireBytes", "TestSupport", nioCore, nioEmbedded, nioHTTP1, crypto,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LoadGeneratorTests",
            dependencies: ["LoadGenerator", .product(name: "Histogram", package: "hdrhistogram-swift")], swiftSettings: strict),
        .testTarget(
            name: "ServerConfigurationTests", dependencies: ["ServerConfiguration", "FanfareServer", logging], swiftSettings: strict),
        .testTarget(
            name: "FanfareServerTests",
            dependencies: ["FanfareServer", "Telemetry", "Tokens", "AccessControl", coreMetrics, logging, nioCore, nioPosix],
            swiftSettings: strict),
    ]
)
