/// Why bytes are not RESP, or more of it than is allowed: the closed list. Behind a fault nothing can be read any more, since nobody
/// knows where the next reply begins: the connection has to end.
package enum RESPFault: Error, Equatable, Sendable {
    /// A value begins with this byte, which names no type; also the streamed types (`;`, `.`), which no server sends unasked.
    case unknownType(UInt8)
    /// A carriage return without a line feed, or the other way round.
    case badLineEnd
    /// The length of a string or the count of a container is no decimal number, or a negative one other than the -1 of a null.
    case badLength
    /// An integer that is none, or does not fit 64 bits.
    case badInteger
    /// A double, a big number, a boolean or a null that is not written as RESP3 wants it.
    case badScalar
    /// A verbatim string without a format of three letters and a colon.
    case badVerbatim
    /// A string whose length is not followed by a line end.
    case badStringEnd
    /// A push inside another value.
    case nestedPush
    /// More than `RESPLimits.maximumByteCount`.
    case tooLarge
    /// More than `RESPLimits.maximumDepth`.
    case tooDeep
    /// More than `RESPLimits.maximumElements`.
    case tooManyElements

    /// One sentence for a log.
    package var message: String {
        switch self {
        case .unknownType(let byte): "A reply begins with the byte \(byte), which is no type of RESP."
        case .badLineEnd: "A line of a reply does not end in CR LF."
        case .badLength: "A length or count in a reply is not a number."
        case .badInteger: "An integer in a reply is not a number of 64 bits."
        case .badScalar: "A double, big number, boolean or null in a reply is malformed."
        case .badVerbatim: "A verbatim string in a reply has no format."
        case .badStringEnd: "A string in a reply is longer than it said."
        case .nestedPush: "A push stands inside another reply."
        case .tooLarge: "A reply is larger than allowed."
        case .tooDeep: "A reply is nested deeper than allowed."
        case .tooManyElements: "A reply has more elements than allowed."
        }
    }
}
