/// Which channel and event names are allowed. By bytes: no case folding, no normalisation, so `é` and `e` with U+0301 are two names.
///
/// Pure functions, called on any thread: by the HTTP side with decoded path segments, by the Socket.IO side with decoded payloads.
package enum NameRule {
    /// Longest name, in bytes of UTF-8.
    package static let maximumByteCount = 200

    /// Why `name` cannot be a channel's; nil if it can.
    package static func checkChannel(_ name: Span<UInt8>) -> NameFault? {
        guard !name.isEmpty else { return .empty }
        guard name.count <= maximumByteCount else { return .tooLong }
        if let fault = checkCharacters(name) {
            return fault
        }
        let space = UInt8(ascii: " ")
        if name[0] == space || name[name.count &- 1] == space {
            return .spaceAtEnd
        }
        if ASCII.equals(name, ".") || ASCII.equals(name, "..") {
            return .dots
        }
        if ASCII.equals(name.extracting(first: reservedPrefix.utf8CodeUnitCount), reservedPrefix) {
            return .reservedPrefix
        }
        return nil
    }

    /// Why `name` cannot be an event's; nil if it can. As for channels, and not one of the names that Socket.IO keeps for itself.
    package static func checkEvent(_ name: Span<UInt8>) -> NameFault? {
        checkChannel(name) ?? (isReservedEvent(name) ? .reservedEvent : nil)
    }

    private static let reservedPrefix: StaticString = "fanfare:"

    /// The official clients drop their connection when an event of such a name arrives.
    private static func isReservedEvent(_ name: Span<UInt8>) -> Bool {
        ASCII.equals(name, "connect") || ASCII.equals(name, "connect_error") || ASCII.equals(name, "disconnect")
            || ASCII.equals(name, "disconnecting") || ASCII.equals(name, "newListener") || ASCII.equals(name, "removeListener")
    }

    private static func checkCharacters(_ name: Span<UInt8>) -> NameFault? {
        var index = 0
        while index < name.count {
            let length = UTF8Sequence.length(at: index, in: name)
            switch length {
            case 0:
                return .invalidUTF8
            case 1:
                if name[index] < 0x20 || name[index] == 0x7F {
                    return .controlCharacter
                }
            case 2:
                // C1 is C2 80 to C2 9F.
                if name[index] == 0xC2, name[index &+ 1] < 0xA0 {
                    return .controlCharacter
                }
            case 3:
                if let fault = checkThreeBytes(name[index], name[index &+ 1], name[index &+ 2]) {
                    return fault
                }
            default:
                break
            }
            index &+= length
        }
        return nil
    }

    private static func checkThreeBytes(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> NameFault? {
        switch (first, second, third) {
        case (0xE2, 0x80, 0xA8...0xA9): .lineSeparator
        case (0xE2, 0x80, 0xAA...0xAE), (0xE2, 0x81, 0xA6...0xA9): .bidirectionalControl
        case (0xEF, 0xBB, 0xBF): .byteOrderMark
        case (0xEF, 0xBF, 0xBD): .replacementCharacter
        default: nil
        }
    }
}
