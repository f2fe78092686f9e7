/// One response, taken apart the plain way: the other side of what the edge writes.
struct Answer: Equatable {
    struct Unreadable: Error {
        let text: String
    }

    let status: Int
    let reason: String
    /// Lower-case names; of a repeated field all values, joined with commas.
    let fields: [String: String]
    let body: String

    /// The responses in these bytes, each as long as its `Content-Length` says (a 204 has no body), with nothing before, between and behind them.
    static func parse(_ bytes: [UInt8]) throws -> [Answer] {
        var answers: [Answer] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let text = String(decoding: rest, as: UTF8.self)
            guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { throw Unreadable(text: text) }
            var lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
            let status = lines.removeFirst().split(separator: " ", maxSplits: 2)
            guard status.count == 3, status[0] == "HTTP/1.1", let code = Int(status[1]) else { throw Unreadable(text: text) }
            var fields: [String: String] = [:]
            for line in lines {
                guard let colon = line.firstRange(of: ": ") else { throw Unreadable(text: text) }
                let name = line[..<colon.lowerBound].lowercased(), value = String(line[colon.upperBound...])
                fields[name] = fields[name].map { "\($0),\(value)" } ?? value
            }
            rest = rest[end.upperBound...]
            // RFC 9110 8.6: none has a length, and none a body.
            let announced = code == 204 ? 0 : fields["content-length"].flatMap(Int.init)
            guard let length = announced, rest.count >= length else { throw Unreadable(text: text) }
            let body = String(decoding: rest.prefix(length), as: UTF8.self)
            answers.append(Answer(status: code, reason: String(status[2]), fields: fields, body: body))
            rest = rest.dropFirst(length)
        }
        return answers
    }
}
