/// What a `Content-Type` header says of a body (RFC 9110 section 8.3).
enum MediaType {
    /// `application/json` or any type with the suffix `+json`; parameters do not count.
    static func isJSON(_ header: String) -> Bool {
        var type = header.utf8.prefix { $0 != UInt8(ascii: ";") }
        while let last = type.last, last == 0x20 || last == 0x09 { type.removeLast() }
        while let first = type.first, first == 0x20 || first == 0x09 { type.removeFirst() }
        let lowercased = type.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        if lowercased.elementsEqual("application/json".utf8) { return true }
        guard lowercased.count > 6, lowercased.suffix(5).elementsEqual("+json".utf8) else { return false }
        // A type before the slash, and neither a blank nor a comma: not the rest of a list.
        return lowercased.filter { $0 == UInt8(ascii: "/") }.count == 1 && lowercased.first != UInt8(ascii: "/")
            && !lowercased.contains { $0 <= 0x20 || $0 == UInt8(ascii: ",") }
    }
}
