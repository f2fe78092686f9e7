import WireBytes

/// The query as `name=value` items between `&`.
extension RequestTarget {
    /// The raw value of the last item of this name, as a range in `text`; empty for an item without `=`; nil if there is none. Names are
    /// compared as they were sent, undecoded.
    package func queryItem(_ name: StaticString) -> Range<Int>? {
        guard let query = self.query else { return nil }
        let bytes = self.text.utf8.span
        var found: Range<Int>?
        var start = query.lowerBound
        while start <= query.upperBound {
            var end = start
            var equals: Int?
            while end < query.upperBound, bytes[end] != UInt8(ascii: "&") {
                if equals == nil, bytes[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            if ASCII.equals(bytes.extracting(start..<(equals ?? end)), name), end > start {
                found = (equals.map { $0 + 1 } ?? end)..<end
            }
            start = end + 1
        }
        return found
    }
}
