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
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")

// All but the last target are links to the server's sources: what they declare is `package`, so it can be used only from a target of the
// same package.
let package = Package(
    name: "fanfare-benchmarks",
    dependencies: [.package(url: "https://github.com/apple/swift-nio", from: "2.101.2")],
    targets: [
        .target(name: "WireBytes", swiftSettings: ground),
        .target(name: "SocketIO", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "WebSocketFraming", dependencies: ["WireBytes"], swiftSettings: ground),
        .target(name: "Broadcast", dependencies: ["WireBytes", "SocketIO", "WebSocketFraming", nioCore], swiftSettings: strict),
        .executableTarget(
            name: "MicroBenchmarks",
            dependencies: ["WireBytes", "SocketIO", "WebSocketFraming", "Broadcast", nioCore, nioEmbedded],
            swiftSettings: strict
        ),
    ]
)
