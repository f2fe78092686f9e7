import WireBytes

/// The JSON of a token's header or claims: stricter than a payload that is only passed on, because whoever signs and whoever checks have to
/// read the same. Pure, called on any thread.
enum TokenObject {
    private static let maximumDepth = 16

    /// The range of the one object in `bytes`; nil for anything else, and if a name occurs twice in it or in anything inside it, with or
    /// without escapes.
    static func check(_ bytes: Span<UInt8>) -> Range<Int>? {
        guard let object = try? JSONScanner.scan(bytes, maximumDepth: Self.maximumDepth), bytes[object.lowerBound] == UInt8(ascii: "{")
        else {
            return nil
        }
        // A list instead of a recursion: the depth is a stranger's choice.
        var containers = [object]
        while let container = containers.popLast() {
            guard Self.collect(container, of: bytes, into: &containers) else { return nil }
        }
        return object
    }

    /// Adds the containers right inside of one; false if it has a name twice.
    private static func collect(_ container: Range<Int>, of bytes: Span<UInt8>, into containers: inout [Range<Int>]) -> Bool {
        if var elements = JSONElements(array: container, in: bytes) {
            while let element = elements.next(in: bytes) {
                if Self.isContainer(element, of: bytes) { containers.append(element) }
            }
            return true
        }
        var names: Set<[UInt8]> = []
        var members = JSONMembers(object: container, in: bytes)
        while let member = members?.next(in: bytes) {
            guard let name = JSONText.decodeString(member.key, in: bytes), names.insert(name).inserted else { return false }
            if Self.isContainer(member.value, of: bytes) { containers.append(member.value) }
        }
        return true
    }

    private static func isContainer(_ value: Range<Int>, of bytes: Span<UInt8>) -> Bool {
        bytes[value.lowerBound] == UInt8(ascii: "{") || bytes[value.lowerBound] == UInt8(ascii: "[")
    }
}
