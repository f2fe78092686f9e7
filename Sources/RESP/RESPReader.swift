import WireBytes

/// Finds the ends of replies in what a connection receives, in any cuts; RESP2 and RESP3. Checks all of a reply and copies none of it.
///
/// The caller keeps the bytes: it appends what arrives, asks `advance` with everything from the beginning of the unfinished reply on, and
/// drops `RESPReply.byteCount` bytes when that reply has been used. The reader remembers how far it has come, so that a reply costs time
/// linear in its size in whatever cuts it arrives: a string is stepped over in one go, a line is searched once. Nesting is a stack of
/// `RESPLimits.deepestNesting` counts inside the reader; nothing recurses and nothing is allocated.
///
/// For one connection, on its loop.
package struct RESPReader: Sendable {
    private let limits: RESPLimits
    /// Of each open container, outermost first: values still to come.
    private var missing = InlineArray<32, Int>(repeating: 0)
    /// A bit for each open container that is an attribute, outermost lowest.
    private var attributes: UInt32 = 0
    private var depth = 0
    private var elements = 0
    /// Where the outermost value begins: behind its attributes.
    private var start = 0
    /// Where the value begins that comes next or has come in part.
    private var position = 0
    /// No line end lies between `position` and this.
    private var searched = 0
    /// Where the string ends whose head has been read, its line end included; nil outside of one.
    private var stringEnd: Int?
    private var isVerbatim = false
    private var fault: RESPFault?

    /// A reader before the first byte.
    package init(limits: RESPLimits) {
        self.limits = limits
    }

    /// - Parameter bytes: all that has come from the beginning of the unfinished reply on: at least what the last call had, and the same.
    /// - Throws: the first fault, and the same one for ever after.
    package mutating func advance(over bytes: Span<UInt8>) throws(RESPFault) -> RESPProgress {
        if let fault = self.fault { throw fault }
        do throws(RESPFault) {
            return try self.read(bytes)
        } catch {
            self.fault = error
            throw error
        }
    }

    private mutating func read(_ bytes: Span<UInt8>) throws(RESPFault) -> RESPProgress {
        while true {
            let isValue: Bool
            if let end = self.stringEnd {
                guard bytes.count >= end else { return .needsMore(byteCount: end) }
                try self.finishString(end, of: bytes)
                isValue = true
            } else {
                guard let lineEnd = try self.endOfLine(in: bytes) else {
                    return .needsMore(byteCount: max(bytes.count, self.position) &+ 1)
                }
                isValue = try self.takeLine(until: lineEnd, of: bytes)
            }
            if isValue, self.closesOutermost() {
                let reply = RESPReply(value: self.start..<self.position, isPush: bytes[self.start] == RESPType.push.rawValue)
                self = Self(limits: self.limits)
                return .reply(reply)
            }
        }
    }

    /// Offset of the carriage return that ends the line at `position`; nil if it has not come, together with its line feed.
    private mutating func endOfLine(in bytes: Span<UInt8>) throws(RESPFault) -> Int? {
        guard self.position < bytes.count else { return nil }
        guard let type = RESPType(rawValue: bytes[self.position]) else { throw .unknownType(bytes[self.position]) }
        // The last place where the line may end. A byte behind it is a fault before it is looked at, so that the fault is the same in any cuts.
        let isLength = type.isString || type.valuesPerElement != nil
        let lastForSize = self.limits.maximumByteCount &- 2
        let last = isLength ? min(lastForSize, self.position &+ 1 &+ RESPLine.longestLength) : lastForSize
        var index = max(self.searched, self.position &+ 1)
        while index <= last, index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\r") {
                guard index &+ 1 < bytes.count else { break }
                guard bytes[index &+ 1] == UInt8(ascii: "\n") else { throw .badLineEnd }
                return index
            }
            guard byte != UInt8(ascii: "\n") else { throw .badLineEnd }
            index &+= 1
        }
        guard index <= last else { throw index > lastForSize ? .tooLarge : .badLength }
        self.searched = index
        return nil
    }

    /// Takes the line at `position` and moves behind it. True if it was a whole value, false if it opened something.
    private mutating func takeLine(until lineEnd: Int, of bytes: Span<UInt8>) throws(RESPFault) -> Bool {
        guard let type = RESPType(rawValue: bytes[self.position]) else { throw .unknownType(bytes[self.position]) }
        let line = (self.position &+ 1)..<lineEnd
        self.position = lineEnd &+ 2
        self.searched = self.position
        switch type {
        case .simple, .simpleError:
            return true
        case .integer:
            _ = try RESPLine.integer(line, of: bytes)
            return true
        case .null:
            guard line.isEmpty else { throw .badScalar }
            return true
        case .boolean:
            _ = try RESPLine.boolean(line, of: bytes)
            return true
        case .double:
            _ = try RESPLine.double(line, of: bytes)
            return true
        case .bigNumber:
            try RESPLine.checkBigNumber(line, of: bytes)
            return true
        case .bulk, .bulkError, .verbatim, .array, .map, .set, .push, .attribute:
            switch try RESPLine.length(line, of: bytes) {
            case .null:
                guard type.mayBeNull else { throw .badLength }
                return true
            case .count(let count):
                guard let valuesPerElement = type.valuesPerElement else {
                    try self.openString(count, isVerbatim: type == .verbatim)
                    return false
                }
                return try self.open(type, count: count, valuesPerElement: valuesPerElement)
            }
        }
    }

    private mutating func openString(_ count: Int, isVerbatim: Bool) throws(RESPFault) {
        let free = self.limits.maximumByteCount &- self.position
        guard count <= free, free &- count >= 2 else { throw .tooLarge }
        guard !isVerbatim || count >= 4 else { throw .badVerbatim }
        self.stringEnd = self.position &+ count &+ 2
        self.isVerbatim = isVerbatim
    }

    private mutating func finishString(_ end: Int, of bytes: Span<UInt8>) throws(RESPFault) {
        guard bytes[end &- 2] == UInt8(ascii: "\r"), bytes[end &- 1] == UInt8(ascii: "\n") else { throw .badStringEnd }
        if self.isVerbatim, bytes[self.position &+ 3] != UInt8(ascii: ":") { throw .badVerbatim }
        self.stringEnd = nil
        self.position = end
        self.searched = end
    }

    /// True if the container is empty and therefore whole.
    private mutating func open(_ type: RESPType, count: Int, valuesPerElement: Int) throws(RESPFault) -> Bool {
        guard type != .push || self.depth == 0 else { throw .nestedPush }
        guard count <= (self.limits.maximumElements &- self.elements) / valuesPerElement else { throw .tooManyElements }
        guard self.depth < self.limits.maximumDepth else { throw .tooDeep }
        let isAttribute = type == .attribute
        guard count > 0 else {
            if isAttribute, self.depth == 0 { self.start = self.position }
            return !isAttribute
        }
        self.elements &+= count &* valuesPerElement
        self.missing[self.depth] = count &* valuesPerElement
        let bit: UInt32 = 1 &<< UInt32(truncatingIfNeeded: self.depth)
        self.attributes = isAttribute ? self.attributes | bit : self.attributes & ~bit
        self.depth &+= 1
        return false
    }

    /// Called behind a whole value: closes what it was the last value of. True once nothing is open any more.
    private mutating func closesOutermost() -> Bool {
        while self.depth > 0 {
            let level = self.depth &- 1
            self.missing[level] &-= 1
            guard self.missing[level] == 0 else { return false }
            self.depth = level
            // An attribute is no value: what it belongs to follows.
            if self.attributes &>> UInt32(truncatingIfNeeded: level) & 1 == 1 {
                if level == 0 { self.start = self.position }
                return false
            }
        }
        return true
    }
}
