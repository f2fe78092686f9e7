/// Why a text is not one JSON value, and where.
package struct JSONFault: Error, Equatable, Sendable {
    /// The closed list of reasons.
    package enum Reason: Equatable, Sendable {
        /// Nothing but white space, or nothing at all.
        case empty
        /// The text begins with U+FEFF (RFC 8259 section 8.1 forbids to send one).
        case byteOrderMark
        /// The text ends inside an array or an object.
        case unfinished
        /// The text ends inside the string that begins at the offset.
        case unterminatedString
        /// Neither a bracket, a brace, a quote, a number nor a literal; also `NaN`, `False` and text in single quotes.
        case expectedValue
        /// A member of an object without a string for its name.
        case expectedName
        /// A member's name without a colon after it.
        case expectedColon
        /// An array element with neither a comma nor the closing bracket after it.
        case expectedCommaOrBracket
        /// An object member with neither a comma nor the closing brace after it.
        case expectedCommaOrBrace
        /// A comma with nothing after it before the array or object closes.
        case trailingComma
        /// A leading zero, a sign, point or exponent without a digit.
        case badNumber
        /// A backslash that is not followed by one of `"\/bfnrt` or `u` and four hexadecimal digits.
        case badEscape
        /// A `\u` escape of one half of a surrogate pair without its other half.
        case loneSurrogate
        /// A control character (below U+0020) inside a string that is not escaped.
        case controlCharacter
        /// A byte sequence inside a string that is not UTF-8.
        case invalidUTF8
        /// One bracket or brace more than `maximum` levels.
        case tooDeep(maximum: Int)
        /// Something after the end of the value.
        case extraText
    }

    /// Byte in the scanned text, from 0; the text's length if it ends too early.
    package let offset: Int
    /// What is wrong there.
    package let reason: Reason

    /// A fault at a byte offset.
    package init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    /// One sentence for people, without the offset; it goes into the `msg` of a 422.
    package var message: String {
        switch reason {
        case .empty: "The text is empty where one JSON value is needed."
        case .byteOrderMark: "The text begins with a byte order mark, which JSON does not allow."
        case .unfinished: "The text ends before the JSON value does."
        case .unterminatedString: "The string that begins here is never closed."
        case .expectedValue: "A JSON value is expected here: an object, array, string in double quotes, number, true, false or null."
        case .expectedName: "A member name in double quotes is expected here."
        case .expectedColon: "A colon is expected after the member name."
        case .expectedCommaOrBracket: "A comma or a closing bracket is expected after an array element."
        case .expectedCommaOrBrace: "A comma or a closing brace is expected after an object member."
        case .trailingComma: "A comma may not stand before a closing bracket or brace."
        case .badNumber: "The number is not written as JSON wants it: no leading zeros, and a digit after every sign, point and exponent."
        case .badEscape: "The backslash does not begin one of the escapes that JSON knows."
        case .loneSurrogate: "The escape is one half of a surrogate pair without the other half."
        case .controlCharacter: "A control character inside a string has to be escaped."
        case .invalidUTF8: "The text is not valid UTF-8 here."
        case .tooDeep(let maximum): "Arrays and objects are nested more than \(maximum) levels deep."
        case .extraText: "Something follows the JSON value; only one value is allowed."
        }
    }
}
