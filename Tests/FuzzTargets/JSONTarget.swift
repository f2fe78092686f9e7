import WireBytes

/// `JSONScanner` and the walkers against `PlainJSON`; strings written and read back.
package enum JSONTarget: FuzzTarget {
    package static func check(_ input: [UInt8]) throws(Fault) {
        try self.compare(input, maximumDepth: 64)
        try self.compare(input, maximumDepth: 2)
        try self.walkUnscanned(input)
        try self.writeAndRead(input)
    }

    /// Half of the inputs many times as they are, half as the elements of an array.
    package static func enlarged(_ input: [UInt8], to byteCount: Int) -> [UInt8] {
        guard input.count % 2 == 0 else { return self.repeated(input, to: byteCount) }
        return [UInt8(ascii: "[")] + self.repeated(input + [UInt8(ascii: ",")], to: byteCount) + Array("0]".utf8)
    }

    private static func compare(_ input: [UInt8], maximumDepth: Int) throws(Fault) {
        let expected = PlainJSON.read(input, maximumDepth: maximumDepth)
        let range: Range<Int>
        do throws(JSONFault) {
            range = try JSONScanner.scan(input.span, maximumDepth: maximumDepth)
        } catch {
            try Fault.unless(expected == nil, "the scanner refuses what the reference takes: \(error.reason) at \(error.offset)")
            try Fault.unless((0...input.count).contains(error.offset), "the fault lies at \(error.offset) of \(input.count)")
            return
        }
        guard let expected else { throw Fault("the scanner takes what the reference refuses") }
        try Fault.unless(range == expected.range, "the value lies in \(expected.range), not in \(range)")
        var description: [UInt8] = []
        try JSONDescription.walk(range, in: input, to: &description)
        try Fault.unless(description == expected.description, "the walkers see another value than the reference")
    }

    /// Bytes that nobody has scanned: the walkers end, in bounds.
    private static func walkUnscanned(_ input: [UInt8]) throws(Fault) {
        let whole = 0..<input.count
        _ = JSONText.decodeString(whole, in: input.span)
        if var elements = JSONElements(array: whole, in: input.span) {
            var end = 0
            while let element = elements.next(in: input.span) {
                try Fault.unless(element.lowerBound >= end && element.upperBound <= input.count, "an element at \(element)")
                end = element.upperBound
                _ = JSONText.decodeString(element, in: input.span)
            }
        }
        if var members = JSONMembers(object: whole, in: input.span) {
            var end = 0
            while let (key, value) = members.next(in: input.span) {
                let isInOrder = key.lowerBound >= end && value.lowerBound >= key.upperBound && value.upperBound <= input.count
                try Fault.unless(isInOrder, "a member at \(key), \(value)")
                end = value.upperBound
                _ = JSONText.decodeString(key, in: input.span)
            }
        }
    }

    private static func writeAndRead(_ input: [UInt8]) throws(Fault) {
        var quoted: [UInt8] = []
        JSONText.appendQuoted(input.span, to: &quoted)
        try Fault.unless(quoted.count == JSONText.quotedByteCount(input.span), "the quoted text has another length than was said")
        let written = [UInt8](unsafeUninitializedCapacity: quoted.count) { buffer, count in
            var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
            JSONText.writeQuoted(input.span, into: &output)
            count = output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
        }
        try Fault.unless(written == quoted, "a text is written in two ways")
        try Fault.unless(JSONText.decodeString(0..<quoted.count, in: quoted.span) == input, "a written text reads differently")
        let isUTF8 = String(validating: input, as: UTF8.self) != nil
        try Fault.unless(((try? JSONScanner.scan(quoted.span)) == 0..<quoted.count) == isUTF8, "a written text is not JSON")
    }
}
