import FanfareServer
import Logging
import Testing

@Suite("Server settings")
struct ServerSettingsTests {
    private func settings(host: String = "127.0.0.1", keys: [String] = [], isInsecureOpen: Bool = false, origins: [String] = [])
        -> ServerSettings
    {
        var settings = ServerSettings()
        settings.host = host
        settings.keys = keys.map { KeySettings(name: $0, secret: $0) }
        settings.isInsecureOpen = isInsecureOpen
        settings.corsOrigins = origins
        return settings
    }

    @Test("the defaults are the documented ones, and without fault")
    func defaults() {
        let settings = ServerSettings()
        #expect(settings.host == "127.0.0.1")
        #expect(settings.port == 8000)
        #expect(settings.keys.isEmpty)
        #expect(!settings.isInsecureOpen)
        #expect(settings.corsOrigins.isEmpty)
        #expect(settings.pingInterval == 25_000)
        #expect(settings.pingTimeout == 20_000)
        #expect(settings.connectTimeout == 45_000)
        #expect(settings.upgradeTimeout == 10_000)
        #expect(settings.maximumPayload == 1_000_000)
        #expect(settings.logLevel == .info)
        #expect(settings.faults.isEmpty)
    }

    @Test("on loopback no key is needed", arguments: ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
    func loopback(host: String) {
        #expect(settings(host: host).listensOnLoopback)
        #expect(settings(host: host).faults.isEmpty)
    }

    @Test("on any other address one is, or the word that it shall be open", arguments: ["0.0.0.0", "::", "192.168.0.1", "fanfare.example"])
    func elsewhere(host: String) {
        #expect(!settings(host: host).listensOnLoopback)
        #expect(
            settings(host: host).faults == [
                "\(host) can be reached from other machines: set FANFARE_PUBLISH_KEY (or FANFARE_PUBLISH_KEY_FILE) so that only your backend"
                    + " can publish, or FANFARE_INSECURE_OPEN=true to let everybody"
            ])
        #expect(settings(host: host, keys: ["key"]).faults.isEmpty)
        #expect(settings(host: host, isInsecureOpen: true).faults.isEmpty)
        #expect(settings(host: host, keys: ["key"], isInsecureOpen: true).faults.isEmpty)
    }

    @Test(
        "a good list of origins has no fault",
        arguments: [["*"], ["https://good.example"], [" https://good.example ", "", "http://localhost:3000"]])
    func origins(origins: [String]) {
        #expect(settings(origins: origins).faults.isEmpty)
    }

    @Test("a bad origin is named together with what else is wrong")
    func allAtOnce() {
        let faults = settings(host: "0.0.0.0", origins: ["https://good.example/"]).faults
        #expect(faults.count == 2)
        #expect(faults.first?.hasPrefix("0.0.0.0 can be reached") == true)
        #expect(
            faults.last
                == #"CORS_ORIGIN: "https://good.example/" is not an origin: an origin has no path and no slash at its end, write https://good.example"#
        )
    }
}
