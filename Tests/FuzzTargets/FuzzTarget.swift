/// A place where the server reads what strangers send, and what has to hold there for every input. A pure function of the input: the
/// fuzzers call it with made-up inputs, `FuzzingTests` with the kept ones.
package protocol FuzzTarget {
    /// - Throws: the first property that the input breaks.
    static func check(_ input: [UInt8]) throws(Fault)

    /// An input of about so many bytes that has the cost of this one many times over, to see that time grows no faster than size.
    static func enlarged(_ input: [UInt8], to byteCount: Int) -> [UInt8]
}

extension FuzzTarget {
    /// What is wrong with the server's treatment of an input; nil if nothing is.
    package static func fault(in input: [UInt8]) -> String? {
        do throws(Fault) {
            try self.check(input)
            return nil
        } catch {
            return error.text
        }
    }

    package static func enlarged(_ input: [UInt8], to byteCount: Int) -> [UInt8] {
        Self.repeated(input, to: byteCount)
    }

    static func repeated(_ input: [UInt8], to byteCount: Int) -> [UInt8] {
        guard !input.isEmpty else { return [] }
        var large: [UInt8] = []
        while large.count < byteCount { large += input }
        return large
    }
}
