/// The parts of `/broadcast/{channel}/{event}`, still encoded: the path is split on `/` first, so that `%2F` is part of a name.
struct BroadcastPath: Equatable {
    let channel: Range<Int>
    let event: Range<Int>

    /// - Parameter path: the path within `target`, which begins with a slash.
    /// - Returns: nil for any other path, for empty names and for a trailing slash.
    init?(_ path: Range<Int>, of target: Span<UInt8>) {
        let prefix: StaticString = "/broadcast/"
        guard path.count > prefix.utf8CodeUnitCount, Self.begins(path, of: target, with: prefix) else { return nil }
        let channelStart = path.lowerBound + prefix.utf8CodeUnitCount
        var slash: Int?
        for index in channelStart..<path.upperBound where target[index] == UInt8(ascii: "/") {
            guard slash == nil else { return nil }
            slash = index
        }
        guard let slash, slash > channelStart, slash + 1 < path.upperBound else { return nil }
        self.channel = channelStart..<slash
        self.event = (slash + 1)..<path.upperBound
    }

    private static func begins(_ path: Range<Int>, of target: Span<UInt8>, with prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { prefix in
            for index in prefix.indices where target[path.lowerBound + index] != prefix[index] { return false }
            return true
        }
    }
}
