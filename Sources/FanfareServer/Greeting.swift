package import NIOCore

/// What a person sees who starts the server on a terminal: where it listens, and something to try.
package enum Greeting {
    package static func text(_ settings: ServerSettings, address: SocketAddress) -> String {
        let url = "\(settings.tls.isOn ? "https" : "http")://\(Self.reachableHost(settings.host)):\(address.port ?? settings.port)"
        let key = settings.keys.isEmpty ? "" : #" -H "Authorization: Bearer $FANFARE_PUBLISH_KEY""#
        let access =
            switch (settings.keys.isEmpty, settings.isInsecureOpen) {
            case (false, _): "a publish key is needed"
            case (true, true): "open to everybody who can reach it"
            case (true, false): "open, to this machine only"
            }
        return """
            Fanfare listens on \(url) (\(access); event loops: \(settings.loops))
            See: \(url)/console and \(url)/docs
            Try: curl\(key) -H 'Content-Type: application/json' -d '{"hello":"world"}' \(url)/broadcast/news/update

            """
    }

    private static func reachableHost(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        case _ where host.contains(":"): "[\(host)]"
        default: host
        }
    }
}
