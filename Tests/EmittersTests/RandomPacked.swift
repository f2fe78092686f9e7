import TestSupport

/// Values that a generator makes up, together with what they are as JSON.
struct RandomPacked {
    private var generator: SeededGenerator
    private var attachments: [[UInt8]] = []

    init(seed: UInt64) {
        self.generator = SeededGenerator(seed: seed)
    }

    mutating func value() -> (value: Packed, json: String, attachments: [[UInt8]]) {
        self.attachments = []
        let (value, json) = self.value(depth: 0)
        return (value, json, self.attachments)
    }

    private mutating func value(depth: Int) -> (Packed, String) {
        switch self.below(depth < 5 ? 13 : 9) {
        case 0: return (.null, "null")
        case 1: return (.boolean(true), "true")
        case 2:
            let number = self.generator.next() >> UInt64(self.below(64))
            return (.unsigned(number), "\(number)")
        case 3:
            let number = Int64(bitPattern: self.generator.next()) >> Int64(self.below(64))
            return (.signed(number), "\(number)")
        case 4:
            // Quarters have at most two decimals and print without an exponent.
            let quarters = self.below(4_000)
            let fraction = ["", ".25", ".5", ".75"][quarters % 4]
            return (.double(Double(quarters) / 4), "\(quarters / 4)\(fraction)")
        case 5:
            let data = (0..<self.below(5)).map { _ in UInt8.random(in: 0...255, using: &self.generator) }
            self.attachments.append(data)
            let json = #"{"_placeholder":true,"num":\#(self.attachments.count - 1)}"#
            return (self.below(2) == 0 ? .binary(data) : .longExt(0, data), json)
        case 6...8:
            let (text, json) = self.text()
            return (.text(text), json)
        case 9, 10:
            let values = (0..<self.below(5)).map { _ in self.value(depth: depth + 1) }
            return (.array(values.map(\.0)), "[\(values.map(\.1).joined(separator: ","))]")
        default:
            var members: [(Packed, Packed)] = []
            var texts: [String] = []
            for _ in 0..<self.below(5) {
                let (name, quoted) = self.text()
                guard self.below(5) > 0 else {
                    members.append((.text(name), .ext(0, [0])))
                    continue
                }
                let (value, json) = self.value(depth: depth + 1)
                members.append((.text(name), value))
                texts.append("\(quoted):\(json)")
            }
            return (.map(members), "{\(texts.joined(separator: ","))}")
        }
    }

    private mutating func text() -> (String, String) {
        let choices = [
            ("", ""), ("a", "a"), ("\"", "\\\""), ("\\", "\\\\"), ("/", "/"), ("\n", "\\n"), ("\u{1}", "\\u0001"), ("é", "é"), ("😀", "😀"),
            (String(repeating: "long ", count: 60), String(repeating: "long ", count: 60)),
        ]
        let picked = (0..<self.below(4)).map { _ in choices[self.below(choices.count)] }
        return (picked.map(\.0).joined(), "\"\(picked.map(\.1).joined())\"")
    }

    private mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &self.generator)
    }
}
