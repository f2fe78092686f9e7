/// One HTTP answer, taken apart.
struct Answer: Equatable {
    var status: Int
    /// In the order in which they came, without the line ends.
    var fields: [String]
    var body: String

    func field(_ name: String) -> String? {
        self.fields.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    /// Reads answers one after the other; what is no answer ends it.
    static func parse(_ bytes: [UInt8]) -> [Answer] {
        var answers: [Answer] = []
        var rest = bytes[...]
        while let head = Self.takeHead(&rest) {
            var answer = Answer(
                status: Int(head[0].split(separator: " ").dropFirst().first ?? "") ?? 0, fields: Array(head.dropFirst()), body: "")
            let count = answer.field("Content-Length").flatMap { Int($0) } ?? 0
            answer.body = String(decoding: rest.prefix(count), as: UTF8.self)
            rest = rest.dropFirst(count)
            answers.append(answer)
        }
        return answers
    }

    private static func takeHead(_ rest: inout ArraySlice<UInt8>) -> [String]? {
        let end: [UInt8] = Array("\r\n\r\n".utf8)
        var index = rest.startIndex
        while index + 4 <= rest.endIndex {
            if rest[index..<(index + 4)].elementsEqual(end) {
                let text = String(decoding: rest[rest.startIndex..<index], as: UTF8.self)
                rest = rest[(index + 4)...]
                return text.split(separator: "\r\n").map { String($0) }
            }
            index += 1
        }
        return nil
    }
}
