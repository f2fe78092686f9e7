import FanfareServer
import Foundation
import Testing

@Suite("Environment settings")
struct EnvironmentSettingsTests {
    // MARK: - Texts

    @Test("a variable is its text, an empty one is not set")
    func text() {
        var settings = EnvironmentSettings(["FANFARE_HOST": " 0.0.0.0", "FANFARE_LOOPS": ""])
        #expect(settings.text("FANFARE_HOST") == " 0.0.0.0")
        #expect(settings.text("FANFARE_LOOPS") == nil)
        #expect(settings.text("FANFARE_DRAIN_WINDOW") == nil)
        settings.refuseUnknown()
        #expect(settings.faults.isEmpty)
        #expect(settings.notes.isEmpty)
    }

    // MARK: - Unknown variables

    @Test("only variables that begin with FANFARE_ are ours to refuse")
    func others() {
        var settings = EnvironmentSettings([
            "PATH": "/bin", "FANFARE": "1", "fanfare_port": "1", "MY_FANFARE_PORT": "1", "CORS_ORIGIN": "*",
        ])
        settings.refuseUnknown()
        #expect(settings.faults.isEmpty)
        #expect(settings.notes.isEmpty)
    }

    @Test("a known variable stays known when it is bad or empty", arguments: ["", "x"])
    func known(text: String) {
        var settings = EnvironmentSettings(["FANFARE_LOOPS": text])
        _ = settings.text("FANFARE_LOOPS")
        settings.refuseUnknown()
        #expect(settings.faults.isEmpty)
    }

    @Test("what Kubernetes sets for a Service of our name is ignored with one note")
    func kubernetes() {
        var settings = EnvironmentSettings([
            "FANFARE_PORT": "tcp://10.0.0.1:8000", "FANFARE_PORT_8000_TCP": "tcp://10.0.0.1:8000", "FANFARE_PORT_8000_TCP_PORT": "8000",
            "FANFARE_SERVICE_HOST": "10.0.0.1", "FANFARE_SERVICE_PORT": "8000",
        ])
        #expect(settings.text("FANFARE_PORT") == nil)
        settings.refuseUnknown()
        #expect(settings.faults.isEmpty)
        #expect(settings.notes == ["ignored the variables that Kubernetes sets for a Service called fanfare"])
    }

    @Test("a port of our own counts beside those of Kubernetes")
    func kubernetesAndPort() {
        var settings = EnvironmentSettings(["FANFARE_PORT": "9000", "FANFARE_SERVICE_HOST": "10.0.0.1", "FANFARE_SERVICES": "1"])
        #expect(settings.text("FANFARE_PORT") == "9000")
        settings.refuseUnknown()
        #expect(settings.faults == ["FANFARE_SERVICES is not a setting"])
        #expect(settings.notes.count == 1)
    }

    // MARK: - Secrets

    private func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "fanfare-\(UUID().uuidString)")
        try Data(bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        return try body(path.path(percentEncoded: false))
    }

    @Test("a secret is the variable's text")
    func secret() {
        var settings = EnvironmentSettings(["FANFARE_PUBLISH_KEY": "key", "FANFARE_PUBLISH_KEY_FILE": ""])
        #expect(settings.secret("FANFARE_PUBLISH_KEY") == "key")
        #expect(settings.secret("FANFARE_TOKEN_SECRET") == nil)
        settings.refuseUnknown()
        #expect(settings.faults.isEmpty)
    }

    @Test("a secret counts without the white space around it; of nothing else it is a fault, not a key", arguments: [" ", "\t\n", " key "])
    func blankSecret(text: String) {
        var settings = EnvironmentSettings(["FANFARE_PUBLISH_KEY": text])
        let secret = settings.secret("FANFARE_PUBLISH_KEY")
        #expect(text == " key " ? secret == "key" && settings.faults.isEmpty : settings.faults == ["FANFARE_PUBLISH_KEY is blank"])
    }

    @Test("a secret in a file counts without the white space around it", arguments: ["key", "key\n", "\r\n  key\t\r\n"])
    func secretFile(contents: String) throws {
        try withFile(Array(contents.utf8)) { path in
            var settings = EnvironmentSettings(["FANFARE_PUBLISH_KEY": "", "FANFARE_PUBLISH_KEY_FILE": path])
            #expect(settings.secret("FANFARE_PUBLISH_KEY") == "key")
            settings.refuseUnknown()
            #expect(settings.faults.isEmpty)
        }
    }

    @Test("an empty file is a fault, not an open server", arguments: ["", "\n", " \t\r\n"])
    func emptyFile(contents: String) throws {
        try withFile(Array(contents.utf8)) { path in
            var settings = EnvironmentSettings(["FANFARE_PUBLISH_KEY_FILE": path])
            #expect(settings.secret("FANFARE_PUBLISH_KEY") == nil)
            #expect(settings.faults == ["FANFARE_PUBLISH_KEY_FILE names \(path), which is empty"])
        }
    }

    @Test("a file that cannot be read is a fault")
    func unreadableFile() {
        var settings = EnvironmentSettings(["FANFARE_PUBLISH_KEY_FILE": "/"])
        #expect(settings.secret("FANFARE_PUBLISH_KEY") == nil)
        #expect(settings.faults == ["FANFARE_PUBLISH_KEY_FILE names /, which cannot be read"])
    }

    @Test("the secret itself where a path belongs is not shown", arguments: ["a-secret", "/abc+def=", "/nonexistent/fanfare/key"])
    func secretForPath(text: String) {
        var settings = EnvironmentSettings(["FANFARE_PUBLISH_KEY_FILE": text])
        #expect(settings.secret("FANFARE_PUBLISH_KEY") == nil)
        #expect(settings.faults == ["FANFARE_PUBLISH_KEY_FILE names a file that cannot be read (is it the secret itself?)"])
    }

    @Test("a secret that is set twice is a fault that shows neither")
    func both() throws {
        try withFile(Array("from-the-file".utf8)) { path in
            var settings = EnvironmentSettings(["FANFARE_PUBLISH_KEY": "from-the-environment", "FANFARE_PUBLISH_KEY_FILE": path])
            #expect(settings.secret("FANFARE_PUBLISH_KEY") == nil)
            #expect(settings.faults == ["FANFARE_PUBLISH_KEY and FANFARE_PUBLISH_KEY_FILE are both set: set one"])
        }
    }
}
