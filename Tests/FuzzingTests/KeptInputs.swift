import Foundation
import FuzzTargets
import Testing

/// The inputs that are kept beside the fuzzers: a corpus for each target, and what once was a crash.
enum KeptInputs {
    /// One file, by its path within the folder of the fuzzers.
    struct Input: CustomTestStringConvertible, Sendable {
        let path: String
        let target: String
        let bytes: [UInt8]

        var testDescription: String { self.path }
    }

    static let all = Self.read("Corpora") + Self.read("Crashes")

    private static func read(_ kind: String) -> [Input] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fuzzing/\(kind)").standardizedFileURL
        return Self.names(in: folder).flatMap { target in
            Self.names(in: folder.appending(path: target)).map { name in
                let bytes = (try? Data(contentsOf: folder.appending(path: "\(target)/\(name)"))) ?? Data()
                return Input(path: "\(kind)/\(target)/\(name)", target: target, bytes: Array(bytes))
            }
        }
    }

    private static func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }
}
