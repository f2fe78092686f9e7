/// Finds the end of a request's head and holds it to the limits, ahead of the decoder, which cannot say where it gave up and cannot be
/// stopped behind a message. It only counts and looks for line ends; what the bytes mean is for the decoder to say.
struct HeadScanner {
    enum Verdict: Equatable {
        case incomplete
        /// The scanned bytes end with the head.
        case complete
        case targetTooLong
        case fieldsTooLarge
    }

    private enum Part: Equatable {
        /// Empty lines before a request (RFC 9112 section 2.2).
        case blank
        case requestLine
        case fields
    }

    /// Longest method, blanks, version and line end together, rounded up.
    static let requestLineSlack = 64

    private let targetBytes: Int
    private let headerBytes: Int
    private var part = Part.blank
    private var byteCount = 0
    /// Bytes of the present line, and whether they are a lone CR.
    private var lineByteCount = 0
    private var lineIsCR = false

    init(targetBytes: Int, headerBytes: Int) {
        self.targetBytes = targetBytes
        self.headerBytes = headerBytes
    }

    /// Whether the next byte belongs to the request line or to what may stand before it.
    var isBeforeFields: Bool { self.part != .fields }

    /// Whether a request's first byte was seen.
    var hasBegun: Bool { self.part != .blank }

    /// The next head begins.
    mutating func reset() {
        self.part = .blank
        self.byteCount = 0
        self.lineByteCount = 0
    }

    /// Looks at bytes that follow those of the previous call.
    /// - Returns: how many of them belong together: up to the end of the request line, of the head, or of the bytes.
    mutating func scan(_ bytes: Span<UInt8>) -> (byteCount: Int, verdict: Verdict) {
        var index = 0
        while index < bytes.count {
            if self.part == .blank {
                guard bytes[index] == UInt8(ascii: "\r") || bytes[index] == UInt8(ascii: "\n") else {
                    self.part = .requestLine
                    continue
                }
                index += 1
                continue
            }
            let start = index
            var last: UInt8 = 0
            while index < bytes.count {
                last = bytes[index]
                index += 1
                if last == UInt8(ascii: "\n") { break }
            }
            self.byteCount += index - start
            if let fault = self.fault { return (index, fault) }
            let endsLine = last == UInt8(ascii: "\n")
            if self.lineByteCount == 0 { self.lineIsCR = bytes[start] == UInt8(ascii: "\r") }
            self.lineByteCount += endsLine ? index - start - 1 : index - start
            guard endsLine else { break }
            let lineIsEmpty = self.lineByteCount == 0 || (self.lineByteCount == 1 && self.lineIsCR)
            self.lineByteCount = 0
            if self.part == .requestLine {
                self.part = .fields
                self.byteCount = 0
                return (index, .incomplete)
            } else if lineIsEmpty {
                return (index, .complete)
            }
        }
        return (index, .incomplete)
    }

    private var fault: Verdict? {
        switch self.part {
        case .blank: nil
        case .requestLine: self.byteCount > self.targetBytes + Self.requestLineSlack ? .targetTooLong : nil
        case .fields: self.byteCount > self.headerBytes ? .fieldsTooLarge : nil
        }
    }
}
