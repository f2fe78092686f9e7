import WireBytes

/// What a server says about a refusal, in words for people: the `detail` of FastAPI's shape, or Engine.IO's `message`.
package enum RefusalText {
    /// Longest text that is shown.
    private static let maximumBytes = 2_000

    /// The words; of anything but JSON the first line, and nothing of a page.
    package static func detail(_ body: Span<UInt8>) -> String {
        guard let value = try? JSONScanner.scan(body) else { return self.firstLine(body) }
        if let detail = JSONLookup.member("detail", of: value, in: body) {
            if let text = JSONLookup.text(detail, in: body) { return text }
            if var faults = JSONElements(array: detail, in: body), let first = faults.next(in: body) {
                return self.fault(first, in: body)
            }
        }
        return JSONLookup.text(JSONLookup.member("message", of: value, in: body), in: body) ?? ""
    }

    /// `{"type":…,"loc":["body",17],"msg":…}`
    private static func fault(_ fault: Range<Int>, in body: Span<UInt8>) -> String {
        let message = JSONLookup.text(JSONLookup.member("msg", of: fault, in: body), in: body) ?? ""
        guard let location = JSONLookup.member("loc", of: fault, in: body), var parts = JSONElements(array: location, in: body),
            let part = JSONLookup.text(parts.next(in: body), in: body), let place = parts.next(in: body)
        else { return message }
        if part == "body", let offset = ASCII.parseDecimal(body.extracting(place)) { return "\(message) (byte \(offset) of the JSON)" }
        return JSONLookup.text(place, in: body).map { "\(message) (\($0))" } ?? message
    }

    private static func firstLine(_ body: Span<UInt8>) -> String {
        var end = 0
        while end < min(body.count, self.maximumBytes), body[end] != 0x0A, body[end] != 0x0D {
            end += 1
        }
        let line = PrintableText.escaped(body.extracting(0..<end))
        return line.hasPrefix("<") ? "" : line
    }
}
