/// Why bytes are not one MessagePack value that has a place in JSON: the closed list.
package enum MessagePackFault: Error, Equatable, Sendable {
    /// The bytes end inside a value.
    case truncated
    /// Something follows the value.
    case extraBytes
    /// The byte C1, which the format never uses.
    case reservedByte
    /// A string that is not UTF-8.
    case invalidUTF8
    /// A member's name that is neither a string nor an integer.
    case badKey
    /// An extension that no known publisher writes.
    case unknownExtension(Int8)
    /// A timestamp, date or big integer of a wrong length or with impossible contents.
    case badExtension
    /// More open arrays and maps than allowed.
    case tooDeep
}
