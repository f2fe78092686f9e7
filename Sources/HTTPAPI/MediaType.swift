import WireBytes

/// What a `Content-Type` header says of a body (RFC 9110 section 8.3).
enum MediaType {
    /// `application/json` or any type with the suffix `+json`; parameters do not count.
    static func isJSON(_ header: String) -> Bool {
        let bytes = header.utf8.span
        var start = 0
        var end = 0
        while end < bytes.count, bytes[end] != UInt8(ascii: ";") { end += 1 }
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while start < end, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        let type = bytes.extracting(start..<end)
        if ASCII.equalsIgnoringCase(type, "application/json") { return true }
        guard type.count > 6, ASCII.equalsIgnoringCase(type.extracting(droppingFirst: type.count - 5), "+json") else { return false }
        // A type before the slash, and neither a blank nor a comma: not the rest of a list.
        var slashes = 0
        for index in type.indices {
            if type[index] <= 0x20 || type[index] == UInt8(ascii: ",") { return false }
            if type[index] == UInt8(ascii: "/") { slashes += 1 }
        }
        return slashes == 1 && type[0] != UInt8(ascii: "/")
    }
}
