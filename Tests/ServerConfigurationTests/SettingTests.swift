import FanfareServer
import Foundation
import ServerConfiguration
import Testing

@Suite("Settings")
struct SettingTests {
    @Test("path, flag and variable occur once each, and the variable is the flag in capitals")
    func names() {
        #expect(Set(Setting.all.map(\.path)).count == Setting.all.count)
        #expect(Set(Setting.all.map(\.flag)).count == Setting.all.count)
        for setting in Setting.all {
            #expect(setting.variables.contains("FANFARE_" + setting.flag.uppercased().replacing("-", with: "_")))
        }
    }

    @Test("a default is a value that can be set, or is said in words", arguments: Setting.all.map(\.path))
    func defaults(path: String) throws {
        let setting = try #require(Setting.named(path))
        let isInWords = setting.standard == "none" || setting.standard.contains(" ")
        #expect(isInWords || setting.fault(of: setting.standard) == nil)
    }

    /// `FANFARE_WRITE_DOCS=1 swift test --filter SettingTests` writes the page anew.
    @Test("docs/configuration.md is the list in the code")
    func page() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/configuration.md").standardized
        let text = SettingsPage.markdown
        if ProcessInfo.processInfo.environment["FANFARE_WRITE_DOCS"] != nil {
            try text.write(to: page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: page, encoding: .utf8) == text)
    }
}
