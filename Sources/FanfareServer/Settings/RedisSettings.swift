import Backplane
import Broadcast
import TransportSecurity

/// How this server is one of several nodes (contract 10).
package struct RedisSettings: Sendable {
    /// With the password in it; nil: it is alone.
    package var url: String?
    /// PEM file of the authorities that have signed Redis' certificate; nil: the system's.
    package var authoritiesPath: String?
    /// Not ready while Redis is away.
    package var isNeededForReadiness = false

    /// Publishers that write to Redis themselves.
    private var emitters: [EmitterSource] = []

    package init() {}

    /// - Parameter text: the name of such publishers.
    /// - Returns: false if it is none.
    package mutating func addEmitter(_ text: String) -> Bool {
        guard let source = EmitterSource(text) else { return false }
        self.emitters.append(source)
        return true
    }

    /// Contradictions, one sentence each.
    var faults: [String] {
        guard let url = self.url else {
            return (self.isNeededForReadiness ? ["ready-needs-backplane without redis: there is no backplane to be needed"] : [])
                + (self.emitters.isEmpty ? [] : ["ingest without redis: that is where it would come from"])
        }
        do {
            _ = try RedisURL(url)
            return []
        } catch {
            return ["redis: \(error.message)"]
        }
    }

    /// - Throws: `StartFault`.
    /// - Returns: nil for a server that is alone.
    func backplane(_ settings: ServerSettings) throws -> BackplaneSettings? {
        guard let text = self.url else { return nil }
        guard let url = try? RedisURL(text) else { throw StartFault(.configuration, self.faults.joined()) }
        do throws(TLSFault) {
            var generator = SystemRandomNumberGenerator()
            var backplane = BackplaneSettings(
                url: url, tls: url.isSecure ? try ClientTLS(rootsPath: self.authoritiesPath) : nil,
                maximumPayload: settings.maximumPayload, maximumDepth: settings.limits[.jsonDepth] ?? 64, node: generator.next())
            backplane.maximumInFlight = settings.limits[.inFlightMessages] ?? backplane.maximumInFlight
            backplane.emitters = self.emitters
            return backplane
        } catch {
            throw StartFault(.configuration, error.message)
        }
    }
}
