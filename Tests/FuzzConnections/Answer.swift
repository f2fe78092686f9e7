import FuzzTargets

/// One HTTP answer, taken apart.
struct Answer: Equatable {
    let status: Int
    let fields: [String]
    /// Nil for one that must not have any, and for one to a HEAD.
    let body: [UInt8]?

    var closes: Bool { self.fields.contains("Connection: close") }

    /// Reads the answers that are whole, up to a 101, and takes them from the front of `bytes`.
    /// - Parameter hasHead: a request of the connection may have been a HEAD: an answer may then stand without its body.
    /// - Throws: what is no HTTP/1.1 answer as this server writes them.
    static func take(from bytes: inout ArraySlice<UInt8>, hasHead: Bool) throws(Fault) -> [Answer] {
        var answers: [Answer] = []
        while !bytes.isEmpty {
            let answer = try self.takeOne(from: &bytes, hasHead: hasHead)
            answers.append(answer)
            if answer.status == 101 { break }
        }
        return answers
    }

    private static func takeOne(from bytes: inout ArraySlice<UInt8>, hasHead: Bool) throws(Fault) -> Answer {
        var lines: [String] = []
        while let line = self.takeLine(from: &bytes), !line.isEmpty { lines.append(line) }
        guard let first = lines.first, first.utf8.starts(with: "HTTP/1.1 ".utf8), let status = Int(first.dropFirst(9).prefix(3)),
            (100...599).contains(status), first.utf8.count > 13
        else { throw Fault("no status line: \(lines.first ?? "")") }
        var length: Int?
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let isField =
                parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.allSatisfy { (0x30...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
                && parts[1].utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            try Fault.unless(isField, "no header field: \(line)")
            guard parts[0].lowercased() == "content-length" else { continue }
            try Fault.unless(length == nil, "two lengths")
            length = Int(parts[1].dropFirst())
            try Fault.unless((length ?? -1) >= 0, "no length: \(line)")
        }
        let mayHaveBody = status >= 200 && status != 204
        try Fault.unless((length != nil) == mayHaveBody, "a \(status) with length \(String(describing: length))")
        guard let length, length > 0 else { return Answer(status: status, fields: Array(lines.dropFirst()), body: mayHaveBody ? [] : nil) }
        // No body of ours begins like an answer.
        let isWithoutBody = bytes.isEmpty || bytes.starts(with: "HTTP/1.1 ".utf8)
        try Fault.unless(isWithoutBody ? hasHead : bytes.count >= length, "a body of \(bytes.count) bytes, \(length) were said")
        guard !isWithoutBody else { return Answer(status: status, fields: Array(lines.dropFirst()), body: nil) }
        defer { bytes = bytes.dropFirst(length) }
        return Answer(status: status, fields: Array(lines.dropFirst()), body: Array(bytes.prefix(length)))
    }

    /// Up to CR LF; nil if the bytes end before.
    private static func takeLine(from bytes: inout ArraySlice<UInt8>) -> String? {
        guard let end = bytes.firstIndex(of: 0x0D), bytes[end...].starts(with: [0x0D, 0x0A]) else { return nil }
        defer { bytes = bytes[(end + 2)...] }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
