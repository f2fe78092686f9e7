import AccessControl
import WireBytes

/// One key of a set (RFC 7517 section 4).
struct JSONWebKey {
    enum Refusal: Error {
        /// It is not for checking signatures, or not with an algorithm that there is here.
        case skipped(String)
        case broken(String)
    }

    private static let minimumRSABits = 2_048
    /// A longer one would only make each check slow.
    private static let maximumRSABits = 8_192

    /// For people: `key 2 of the key set (kid "a")`.
    let name: String
    let kid: [UInt8]?
    let material: KeyMaterial

    /// - Parameter number: its place in the set, from 1.
    static func read(_ value: Range<Int>, of text: Span<UInt8>, number: Int) -> Result<JSONWebKey, Refusal> {
        var name = "key \(number) of the key set"
        guard let members = Self.members(of: value, in: text) else {
            return .failure(.broken("\(name) is not an object in which every name occurs once"))
        }
        var kid: [UInt8]?
        if let member = members["kid"] {
            guard let id = JSONText.decodeString(member, in: text), (1...CompactToken.maximumKeyIDByteCount).contains(id.count) else {
                return .failure(.broken("\(name) has a kid that is not a string of 1 to \(CompactToken.maximumKeyIDByteCount) bytes"))
            }
            kid = id
            name += " (kid \"\(String(decoding: id, as: UTF8.self))\")"
        }
        do throws(Refusal) {
            let material = try Self.material(JSONWebKeyMembers(ranges: members, name: name), of: text)
            return .success(JSONWebKey(name: name, kid: kid, material: material))
        } catch {
            return .failure(error)
        }
    }

    /// Values by name; nil unless every name occurs once.
    static func members(of object: Range<Int>, in text: Span<UInt8>) -> [String: Range<Int>]? {
        guard var members = JSONMembers(object: object, in: text) else { return nil }
        var values: [[UInt8]: Range<Int>] = [:]
        while let member = members.next(in: text) {
            guard let name = JSONText.decodeString(member.key, in: text), values.updateValue(member.value, forKey: name) == nil else {
                return nil
            }
        }
        return Dictionary(values.map { (String(decoding: $0.key, as: UTF8.self), $0.value) }) { first, _ in first }
    }

    private static func material(_ members: JSONWebKeyMembers, of text: Span<UInt8>) throws(Refusal) -> KeyMaterial {
        if let use = try members.string("use", of: text), use != "sig" {
            throw .skipped("\(members.name) is left out: its use is not sig")
        }
        let material: KeyMaterial
        switch (try members.required("kty", of: text), try members.string("crv", of: text)) {
        case ("RSA", _): material = try Self.rsa(members, of: text)
        case ("EC", "P-256"):
            material = .p256(x: try members.base64URL("x", bytes: 32, of: text), y: try members.base64URL("y", bytes: 32, of: text))
        case ("OKP", "Ed25519"):
            material = .ed25519(x: try members.base64URL("x", bytes: 32, of: text))
        case ("oct", _): material = try Self.secret(members, of: text)
        case (let type, let curve):
            throw .skipped("\(members.name) is left out: \(type)\(curve.map { " \($0)" } ?? "") is no kind of key that this server uses")
        }
        // One algorithm a key, whatever a token says.
        if let algorithm = try members.string("alg", of: text), algorithm != material.algorithm.name.description {
            throw .skipped(
                "\(members.name) is left out: it is for \(algorithm), and this server would use it for \(material.algorithm.name)")
        }
        return material
    }

    private static func rsa(_ members: JSONWebKeyMembers, of text: Span<UInt8>) throws(Refusal) -> KeyMaterial {
        let modulus = try members.number("n", of: text), exponent = try members.number("e", of: text)
        let bits = modulus.bytes.count * 8 - (modulus.bytes.first?.leadingZeroBitCount ?? 0)
        guard bits >= Self.minimumRSABits else {
            throw .broken("\(members.name) has \(bits) bits and could be broken: RSA needs \(Self.minimumRSABits)")
        }
        guard bits <= Self.maximumRSABits else {
            throw .broken("\(members.name) has \(bits) bits: RSA keys may have \(Self.maximumRSABits)")
        }
        guard exponent.bytes.count <= 4, let last = exponent.bytes.last, last & 1 == 1, exponent.bytes != [1] else {
            throw .broken("\(members.name) has an exponent e that is not an odd number from 3 to 2^32")
        }
        return .rsa(modulus: modulus.text, exponent: exponent.text)
    }

    private static func secret(_ members: JSONWebKeyMembers, of text: Span<UInt8>) throws(Refusal) -> KeyMaterial {
        let secret = try members.number("k", of: text, isNumber: false).bytes
        guard secret.count >= TokenKeys.minimumSecretByteCount else {
            throw .broken("\(members.name) has \(secret.count) bytes and could be guessed: it needs \(TokenKeys.minimumSecretByteCount)")
        }
        return .secret(secret)
    }
}
