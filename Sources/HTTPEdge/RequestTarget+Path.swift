/// The path as segments, still encoded. `/a/b` has two, `/a/` two of which the second is empty, `/` one that is empty.
extension RequestTarget {
    /// At least one.
    package var pathSegmentCount: Int {
        let bytes = self.text.utf8.span
        var slashes = 0
        for index in self.path where bytes[index] == UInt8(ascii: "/") {
            slashes += 1
        }
        return max(slashes, 1)
    }

    /// The range of segment `position`, counted from 0, in `text`; nil if there are fewer. Decode it with `decoded(_:)`.
    package func pathSegment(at position: Int) -> Range<Int>? {
        let bytes = self.text.utf8.span
        var start = self.path.isEmpty ? self.path.lowerBound : self.path.lowerBound + 1
        var remaining = position
        while remaining >= 0 {
            var end = start
            while end < self.path.upperBound, bytes[end] != UInt8(ascii: "/") {
                end += 1
            }
            if remaining == 0 { return start..<end }
            guard end < self.path.upperBound else { return nil }
            start = end + 1
            remaining -= 1
        }
        return nil
    }
}
