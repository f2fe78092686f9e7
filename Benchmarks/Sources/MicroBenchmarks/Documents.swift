/// JSON texts of the sizes and kinds that are published.
enum Documents {
    static let small = Array(#"{"id":12345678,"text":"abcdefg"}"#.utf8)

    /// About 1 KiB: names, short strings, numbers, nesting, as an application's event has them.
    static let event: [UInt8] = {
        let item = #"{"id":4711,"name":"Blue enamel mug","price":12.95,"tags":["kitchen","gift"],"inStock":true,"rating":null}"#
        let items = Array(repeating: item, count: 8).joined(separator: ",")
        let customer = #"{"id":"c-99817","country":"DE"}"#
        let head = #""type":"order.created","version":3,"at":"2026-03-01T12:00:00.000Z""#
        return Array(#"{\#(head),"customer":\#(customer),"items":[\#(items)]}"#.utf8)
    }()

    /// The same, spread over lines.
    static let indented: [UInt8] = {
        var text: [UInt8] = []
        var depth = 0
        var isInString = false
        for byte in Documents.event {
            if byte == UInt8(ascii: "\"") { isInString.toggle() }
            let closes = !isInString && (byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]"))
            let opens = !isInString && (byte == UInt8(ascii: "{") || byte == UInt8(ascii: "["))
            if closes { depth -= 1 }
            if closes { text += [0x0A] + Array(repeating: 0x20, count: 2 * depth) }
            text.append(byte)
            if opens { depth += 1 }
            if opens || (!isInString && byte == UInt8(ascii: ",")) { text += [0x0A] + Array(repeating: 0x20, count: 2 * depth) }
            if !isInString, byte == UInt8(ascii: ":") { text.append(0x20) }
        }
        return text
    }()

    /// 64 KiB each.
    static let numbers = Self.array { index in "\(index * 7919 % 100_000).\(index % 97)" }
    static let integers = Self.array { index in "\(index * 7919 % 1_000_000)" }
    static let events = Self.array { _ in String(decoding: Documents.event, as: UTF8.self) }
    static let longStrings = Self.array { index in "\"" + String(repeating: "The quick brown fox no. \(index). ", count: 40) + "\"" }
    static let escaped = Self.array { index in #""Line \#(index)\n\tsaid \"caf\u00e9\" and left\\ \ud83d\ude00""# }
    static let cyrillic = Self.array { index in "\"" + String(repeating: "Съешь ещё этих мягких булок \(index). ", count: 20) + "\"" }
    static let chinese = Self.array { index in "\"" + String(repeating: "敏捷的棕色狐狸跳過懶狗，", count: 20) + "\"" }

    private static func array(of element: (Int) -> String) -> [UInt8] {
        var text = Array("[".utf8)
        var index = 0
        while text.count < 65_536 {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text += Array(element(index).utf8)
            index += 1
        }
        return text + Array("]".utf8)
    }
}
