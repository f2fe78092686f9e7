import AccessControl
import Testing

@Suite("Host rule")
struct HostRuleTests {
    @Test(
        "loopback names count in any case and with any port",
        arguments: [
            "localhost", "LOCALHOST", "LocalHost:8000", "localhost:0", "localhost:65535", "a.localhost", "a.b.localhost:8000",
            "A.LOCALHOST",
            "xn--bcher-kva.localhost", "127.0.0.1", "127.0.0.1:8000", "127.1.2.3:1", "127.0.0.0", "127.255.255.255", "[::1]", "[::1]:8000",
        ])
    func loopback(host: String) {
        #expect(HostRule.isLoopback(authority: host))
    }

    @Test(
        "names and addresses of others do not, however they begin or end",
        arguments: [
            "evil.example", "evil.example:8000", "localhost.evil.com", "127.0.0.1.evil.com", "127.0.0.1.evil.com:8000", "evillocalhost",
            "localhost-evil.com", "a.localhost.evil.com", "128.0.0.1", "126.255.255.255", "0.0.0.0", "10.0.0.1", "192.168.0.1:8000",
            "27.0.0.1",
            "1127.0.0.1", "[::]", "[::2]", "[fe80::1]:8000", "[2001:db8::1]", "[::ffff:10.0.0.1]",
        ])
    func strange(host: String) {
        #expect(!HostRule.isLoopback(authority: host))
    }

    @Test(
        "what is no host and port does not, even with a loopback name in it",
        arguments: [
            "", " ", " localhost", "localhost ", "local host", "localhost\t", "localhost,evil", "evil,localhost", "user@localhost",
            "localhost@evil.com", "user:secret@localhost", "localhost/", "localhost/evil", "http://localhost", "localhost?", "localhost#",
            "localhost\\", "localhost%00", "localhost\0", "lоcalhost", "ｌocalhost", "localhost:", "localhost:x", "localhost:80x",
            "localhost:-1",
            "localhost:+1", "localhost: 80", "localhost:65536", "localhost:99999", "localhost:000080", "localhost:80:80", ":8000", ":",
            "127.0.0", "127", "127.1", "127.0.0.256", "127.0.0.999", "127.0.0.1000", "127.0.0.0001", "127.0.0.1.", "127.0.0.1.1",
            "127..0.1",
            ".127.0.0.1", "127.0.0.", "127.0.0.x", "127.0.0.-1", "0127.0.0.1", "0x7f.0.0.1", "2130706433", "127.0.0.1:", "::1", "::1:8000",
            "[::1", "::1]", "[::1]8000", "[::1]evil.com", "[::1]:", "[::1].localhost", "[]", "[",
        ])
    func malformed(host: String) {
        #expect(!HostRule.isLoopback(authority: host))
    }

    @Test("a host of any length is judged, one over 300 bytes never as loopback")
    func longHosts() {
        let suffix = ".localhost"
        #expect(HostRule.isLoopback(authority: String(repeating: "a", count: 300 - suffix.count) + suffix))
        #expect(!HostRule.isLoopback(authority: String(repeating: "a", count: 301 - suffix.count) + suffix))
        #expect(!HostRule.isLoopback(authority: String(repeating: "[", count: 100_000)))
    }

    @Test(
        "an address to listen on is given without brackets and port",
        arguments: ["127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "::1"])
    func listensHere(address: String) {
        #expect(HostRule.isLoopback(listenAddress: address))
    }

    @Test(
        "any other address to listen on can be reached from elsewhere",
        arguments: [
            "0.0.0.0", "::", "", "192.168.0.1", "128.0.0.1", "example.org", "::2", "fe80::1", "127.0.0.1:8000", "[::1]", "[::1]:80", " ::1",
        ])
    func listensElsewhere(address: String) {
        #expect(!HostRule.isLoopback(listenAddress: address))
    }
}
