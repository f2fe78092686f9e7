import WireBytes

/// The arguments of an event within a publisher's JSON, as they came: values side by side with commas between them.
struct JSONArguments {
    /// From the first argument to the last; nil if there is none.
    private var range: Range<Int>?
    private(set) var count = 0

    /// None.
    init() {}

    /// One value that is the only argument.
    init(single value: Range<Int>) {
        self.append(value)
    }

    /// All values that the walk has left.
    init(_ elements: inout JSONElements, in message: Span<UInt8>) {
        while let element = elements.next(in: message) {
            self.append(element)
        }
    }

    private mutating func append(_ value: Range<Int>) {
        self.range = (self.range?.lowerBound ?? value.lowerBound)..<value.upperBound
        self.count += 1
    }

    /// The only argument; nil if there is none or more than one.
    var single: Range<Int>? {
        self.count == 1 ? self.range : nil
    }

    /// The arguments as an array, each as it came. Refuses what is larger than allowed, or nested deeper: they were scanned together with
    /// what is around them before.
    func array(of message: Span<UInt8>, attachmentByteCount: Int, limits: EmitterLimits) throws(EmitterFault) -> [UInt8] {
        let arguments = message.extracting(self.range ?? 0..<0)
        // Two more for the brackets.
        guard attachmentByteCount <= limits.maximumPayloadByteCount,
            arguments.count + 2 <= limits.maximumPayloadByteCount - attachmentByteCount
        else { throw .tooLarge }
        var array: [UInt8] = []
        array.reserveCapacity(arguments.count + 2)
        array.append(UInt8(ascii: "["))
        Output.append(arguments, to: &array)
        array.append(UInt8(ascii: "]"))
        do throws(JSONFault) {
            _ = try JSONScanner.scan(array.span, maximumDepth: limits.maximumDepth + 1)
        } catch {
            throw .json(error)
        }
        return array
    }
}
