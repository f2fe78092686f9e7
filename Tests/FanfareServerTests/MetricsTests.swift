import CoreMetrics
import FanfareServer
import Foundation
import Logging
import NIOCore
import Telemetry
import Testing

@Suite("Metrics", .serialized, .timeLimit(.minutes(1)))
struct MetricsTests {
    /// `FANFARE_WRITE_DOCS=1 swift test --filter MetricsTests` writes the page anew.
    @Test("docs/metrics.md is the list in the code")
    func page() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/metrics.md").standardized
        let text = MetricsPage.markdown
        if ProcessInfo.processInfo.environment["FANFARE_WRITE_DOCS"] != nil {
            try text.write(to: page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == text)
    }

    @Test("a server shows its own metrics and then those of libraries", arguments: [1, 3])
    func libraries(loops: Int) async throws {
        let libraries = LibraryMetrics()
        libraries.makeCounter(label: "lookups", dimensions: []).increment(by: 2)
        var settings = ServerSettings()
        settings.port = 0
        settings.loops = loops
        let server = try await FanfareServer.start(
            settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, libraries: libraries)
        let client = HTTPClient(address: server.localAddress)
        // On each loop some: the kernel deals connections out.
        for _ in 0..<8 { #expect(try await client.publish().status == 200) }
        let answer = try await client.send("GET", "/metrics")
        try await server.stop()
        #expect(answer.status == 200)
        let lines = answer.body.split(separator: "\n")
        #expect(lines.contains("fanfare_publishes_total 8"))
        #expect(lines.contains("fanfare_publish_duration_seconds_count 8"))
        #expect(lines.contains("fanfare_eventloops \(loops)"))
        #expect(lines.contains("fanfare_build_info{version=\"\(Version.text)\"} 1"))
        #expect(lines.last == "lookups_total 2.0")
    }
}
