@testable import HTTPEdge
import NIOCore
import NIOHTTP1
import Testing

@Suite("Forwarding")
struct ForwardingTests {
    private func list(_ blocks: String...) throws -> ProxyList {
        ProxyList(try blocks.map { try #require(AddressBlock(parsing: $0)) })
    }

    @Test(
        "blocks hold their addresses and no others",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("172.16.0.0/12", "172.31.255.255", true), ("172.16.0.0/12", "172.32.0.0", false), ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
            ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("::1", "::1", true), ("::/0", "127.0.0.1", false),
        ])
    func blocks(block: String, address: String, isInside: Bool) throws {
        #expect(try self.list(block).contains(SocketAddress(ipAddress: address, port: 80)) == isInside)
    }

    @Test(
        "what is no block, or may mean two",
        arguments: [
            "", "10", "10.0.0", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.1/8",
            "::1/64",
            "fe80::1%lo", "[::1]", "10.0.0.0:80", "10.0.0.0/99999999999999999999", " 10.0.0.0/8", "/8",
        ])
    func noBlocks(text: String) {
        #expect(AddressBlock(parsing: text) == nil)
    }

    @Test(
        "the client is the last address that no listed proxy has",
        arguments: [
            ("203.0.113.9", "203.0.113.9"), ("6.6.6.6, 203.0.113.9", "203.0.113.9"), ("203.0.113.9,10.0.0.2 ,\t10.0.0.3", "203.0.113.9"),
            ("6.6.6.6, evil", "10.0.0.1"), ("203.0.113.9, evil, 10.0.0.2", "10.0.0.2"), ("", "10.0.0.1"), (",", "10.0.0.1"),
            ("203.0.113.9:5000", "203.0.113.9"), ("[2001:db8::1]:5000", "2001:db8::1"), ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"), ("[", "10.0.0.1"), ("10.0.0.2", "10.0.0.2"), ("unknown", "10.0.0.1"),
        ])
    func clients(forwardedFor: String, client: String) throws {
        let peer = try SocketAddress(ipAddress: "10.0.0.1", port: 80)
        #expect(try self.list("10.0.0.0/8").client(behind: peer, forwardedFor: forwardedFor) == client)
    }

    @Test("whoever is not listed may say what he likes")
    func strangers() throws {
        let peer = try SocketAddress(ipAddress: "203.0.113.9", port: 80)
        #expect(try self.list("10.0.0.0/8").client(behind: peer, forwardedFor: "6.6.6.6") == "203.0.113.9")
        #expect(ProxyList().client(behind: peer, forwardedFor: "6.6.6.6") == "203.0.113.9")
        #expect(!ProxyList().contains(peer))
    }

    @Test("the last host is the one that the proxy wrote")
    func hosts() {
        #expect(ProxyList.host(in: "push.example.org") == "push.example.org")
        #expect(ProxyList.host(in: "evil.example, push.example.org:8443 ") == "push.example.org:8443")
        #expect(ProxyList.host(in: " ") == nil && ProxyList.host(in: "a,") == nil)
    }

    @Test("from a listed proxy the forwarded host counts, and the other is kept")
    func believed() {
        var facts = RequestFacts(HTTPHeaders([("Host", "inner:8000"), ("x-forwarded-host", "push.example.org")]), isHTTP11: true)
        #expect(facts.host == "inner:8000" && facts.hostFromProxy == nil)
        facts.believeProxy()
        #expect(facts.host == "push.example.org" && facts.hostFromProxy == "inner:8000")
    }
}
