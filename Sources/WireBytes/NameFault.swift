/// Why a channel or event name is refused: the closed list.
package enum NameFault: Equatable, Sendable {
    /// No bytes at all.
    case empty
    /// More than `NameRule.maximumByteCount` bytes.
    case tooLong
    /// Not UTF-8.
    case invalidUTF8
    /// A control character: C0, DEL or C1.
    case controlCharacter
    /// U+2028 or U+2029.
    case lineSeparator
    /// U+202A–202E or U+2066–2069.
    case bidirectionalControl
    /// U+FEFF, anywhere.
    case byteOrderMark
    /// U+FFFD, the trace of a text that was decoded wrongly before.
    case replacementCharacter
    /// U+0020 as the first or last character.
    case spaceAtEnd
    /// `.` or `..`, which HTTP clients take for path steps.
    case dots
    /// Begins with `fanfare:`.
    case reservedPrefix
    /// An event name on which the official clients drop their connection.
    case reservedEvent

    /// One sentence for people; it goes into the `msg` of a 422 and the message of a `bad_name`.
    package var message: String {
        switch self {
        case .empty: "The name is empty."
        case .tooLong: "The name is longer than \(NameRule.maximumByteCount) bytes of UTF-8."
        case .invalidUTF8: "The name is not valid UTF-8."
        case .controlCharacter: "The name contains a control character."
        case .lineSeparator: "The name contains a line or paragraph separator (U+2028 or U+2029)."
        case .bidirectionalControl: "The name contains a control character for the direction of text."
        case .byteOrderMark: "The name contains a byte order mark (U+FEFF)."
        case .replacementCharacter: "The name contains U+FFFD, which stands for text that could not be decoded."
        case .spaceAtEnd: "The name begins or ends with a space."
        case .dots: "The names . and .. are not allowed."
        case .reservedPrefix: "Names that begin with fanfare: belong to the server."
        case .reservedEvent: "The event name is reserved by Socket.IO."
        }
    }
}
