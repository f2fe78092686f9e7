import WireBytes

/// The members of one JSON Web Key, read with a sentence for each that is not what it has to be. Never shows a value: it may be a secret.
struct JSONWebKeyMembers {
    let ranges: [String: Range<Int>]
    /// Of the key, for people.
    let name: String

    /// Nil if there is no such member.
    func string(_ member: String, of text: Span<UInt8>) throws(JSONWebKey.Refusal) -> String? {
        guard let range = self.ranges[member] else { return nil }
        guard let value = JSONText.decodeString(range, in: text) else { throw .broken("\(self.name): \(member) is not a string") }
        return String(decoding: value, as: UTF8.self)
    }

    func required(_ member: String, of text: Span<UInt8>) throws(JSONWebKey.Refusal) -> String {
        guard let value = try self.string(member, of: text) else { throw .broken("\(self.name) has no \(member)") }
        return value
    }

    /// Base64url of exactly so many bytes.
    func base64URL(_ member: String, bytes count: Int, of text: Span<UInt8>) throws(JSONWebKey.Refusal) -> String {
        let value = try self.number(member, of: text, isNumber: false)
        guard value.bytes.count == count else { throw .broken("\(self.name): \(member) has \(value.bytes.count) bytes, not \(count)") }
        return value.text
    }

    /// Base64url; of a number (RFC 7518 section 2, Base64urlUInt) without a zero byte in front.
    func number(
        _ member: String, of text: Span<UInt8>, isNumber: Bool = true
    ) throws(JSONWebKey.Refusal) -> (bytes: [UInt8], text: String) {
        let value = try self.required(member, of: text)
        let characters = Array(value.utf8)
        guard let bytes = Base64.decodeURLSafe(0..<characters.count, of: characters.span), !bytes.isEmpty else {
            throw .broken("\(self.name): \(member) is not base64url without padding")
        }
        guard !isNumber || bytes.first != 0 else { throw .broken("\(self.name): \(member) begins with a zero byte") }
        return (bytes, value)
    }
}
