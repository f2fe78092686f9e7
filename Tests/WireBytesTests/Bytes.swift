import WireBytes

/// Short forms over arrays: a span may not go into `#expect`.
enum Bytes {
    static func scan(_ bytes: [UInt8], maximumDepth: Int = 64) -> Result<Range<Int>, JSONFault> {
        do throws(JSONFault) {
            return .success(try JSONScanner.scan(bytes.span, maximumDepth: maximumDepth))
        } catch {
            return .failure(error)
        }
    }

    static func scan(_ text: String, maximumDepth: Int = 64) -> Result<Range<Int>, JSONFault> {
        scan(Array(text.utf8), maximumDepth: maximumDepth)
    }

    static func isAccepted(_ bytes: [UInt8]) -> Bool {
        if case .success = scan(bytes) { true } else { false }
    }

    static func fault(_ offset: Int, _ reason: JSONFault.Reason) -> Result<Range<Int>, JSONFault> {
        .failure(JSONFault(offset: offset, reason: reason))
    }

    /// What `body` writes into exactly `capacity` bytes of free space.
    static func written(capacity: Int, _ body: (inout OutputRawSpan) -> Void) -> [UInt8] {
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        defer { space.deallocate() }
        var output = OutputRawSpan(buffer: space, initializedCount: 0)
        body(&output)
        let count = output.finalize(for: space)
        return Array(space[..<count])
    }

    /// For failure messages: the text, or the numbers if it is not UTF-8.
    static func described(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? "\(bytes)"
    }
}

extension ASCII {
    static func equals(_ a: [UInt8], _ b: StaticString) -> Bool {
        equals(a.span, b)
    }

    static func equalsIgnoringCase(_ a: [UInt8], _ b: StaticString) -> Bool {
        equalsIgnoringCase(a.span, b)
    }

    static func listContains(_ token: StaticString, in value: [UInt8]) -> Bool {
        listContains(token, in: value.span)
    }
}
