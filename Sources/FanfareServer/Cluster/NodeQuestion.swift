import Foundation

/// What a node asks the others. JSON on its way, which every version can add to; names keep their bytes in it.
enum NodeQuestion: Codable, Sendable {
    case channels(prefix: String, after: String, limit: Int, patterns: [String])
    case subscribers(channel: String)
    /// - patterns: of the key that asks; of other channels nothing is said.
    case socket(id: String, patterns: [String])
    case disconnect(id: String, key: String, peer: String)

    init?(parsing bytes: [UInt8]) {
        guard let question = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = question
    }

    var bytes: [UInt8] { (try? JSONEncoder().encode(self)).map { Array($0) } ?? [] }
}
