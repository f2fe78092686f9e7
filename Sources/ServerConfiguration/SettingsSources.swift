import FanfareServer
import Foundation

/// What settings are read from: the command line, the environment, a file. Kept, so that a reload reads the file again.
package struct SettingsSources: Sendable {
    /// By path of the setting.
    package var flags: [String: [String]]
    package var environment: [String: String]
    /// `--config`; nil for `fanfare.yaml` in the working folder, if there is one.
    package var filePath: String?

    package static let standardFile = "fanfare.yaml"

    package init(flags: [String: [String]] = [:], environment: [String: String], filePath: String? = nil) {
        self.flags = flags
        self.environment = environment
        self.filePath = filePath
    }

    /// - Returns: nil if none is named and there is none.
    func readFile() -> SettingsFile? {
        let path = self.filePath ?? Self.standardFile
        guard let contents = FileManager.default.contents(atPath: path) else {
            if self.filePath == nil, !FileManager.default.fileExists(atPath: path) { return nil }
            return SettingsFile(path: path, fault: "\(path) cannot be read")
        }
        guard contents.count <= SettingsFile.maximumByteCount else {
            return SettingsFile(path: path, fault: "\(path) has \(contents.count) bytes, more than \(SettingsFile.maximumByteCount)")
        }
        guard let text = String(validating: contents, as: UTF8.self) else {
            return SettingsFile(path: path, fault: "\(path) is not UTF-8")
        }
        return SettingsFile(reading: text, path: path)
    }
}
