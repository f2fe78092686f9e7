// swift-tools-version: 6.3
import PackageDescription

// The same settings as in the server's own manifest.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let ground: [SwiftSetting] = strict + [.strictMemorySafety()]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

// One executable a target of the fuzzers. `main` and the loop come from libFuzzer.
let fuzzers = [
    ("FuzzJSON", "FuzzTargets"), ("FuzzPayload", "FuzzTargets"), ("FuzzPacket", "FuzzTargets"), ("FuzzFrame", "FuzzTargets"),
    ("FuzzName", "FuzzTargets"), ("FuzzRESP", "FuzzTargets"), ("FuzzEmitter", "FuzzTargets"), ("FuzzSession", "FuzzTargets"),
    ("FuzzHTTP", "FuzzConnections"), ("FuzzRealtime", "FuzzConnections"),
].map { name, library in
    Target.executableTarget(
        name: name, dependencies: ["FuzzDriver", .byName(name: library)], swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
}

// The other targets but the driver are links to the server's sources and to what its tests share with the fuzzers: what they declare is
// `package`, so it can be used only from a target of the same package.
let package = Package(
    name: "fanfare-fuzzing",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        .target(name: "WireBytes", swiftSettings: ground),
        .target(name: "EngineIO", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "SocketIO", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "WebSocketFraming", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "RESP", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "Emitters", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "AccessControl", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "Broadcast", dependencies: ["WireBytes", "SocketIO", "WebSocketFraming", nioCore], swiftSettings: strict),
        .target(name: "HTTPEdge", dependencies: ["WireBytes", nioCore, nioPosix, nioHTTP1], swiftSettings: strict),
        .target(
            name: "Realtime",
            dependencies: [
                "HTTPEdge", "Broadcast", "EngineIO", "SocketIO", "WebSocketFraming", "AccessControl", "WireBytes", nioCore, crypto,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "FuzzTargets",
            dependencies: ["WireBytes", "EngineIO", "SocketIO", "WebSocketFraming", "AccessControl", "RESP", "Emitters"],
            swiftSettings: strict),
        .target(
            name: "FuzzConnections",
            dependencies: [
                "FuzzTargets", "Realtime", "HTTPEdge", "Broadcast", "AccessControl", "EngineIO", "WireBytes", nioCore, nioEmbedded,
            ],
            swiftSettings: strict
        ),
        .target(name: "FuzzDriver", dependencies: ["FuzzTargets"], swiftSettings: strict),
    ] + fuzzers
)
