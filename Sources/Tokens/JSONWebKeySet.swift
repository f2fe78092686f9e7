import AccessControl
import WireBytes

/// A JSON Web Key Set read strictly (RFC 7517 section 5). Keys that are for something else are left out with a note, as sets of identity
/// providers hold such; a key that is meant for signatures and broken is a fault.
struct JSONWebKeySet {
    private static let maximumByteCount = 1_000_000
    private static let maximumKeys = 256
    private static let maximumDepth = 16

    private(set) var keys: [JSONWebKey] = []
    private(set) var faults: [String] = []
    private(set) var notes: [String] = []

    /// - Parameter text: of the file; any bytes.
    init(reading text: Span<UInt8>) {
        guard text.count <= Self.maximumByteCount else {
            self.faults = ["the key set is longer than \(Self.maximumByteCount) bytes"]
            return
        }
        do throws(JSONFault) {
            let value = try JSONScanner.scan(text, maximumDepth: Self.maximumDepth)
            self.readSet(value, of: text)
        } catch {
            self.faults = ["the key set is not JSON, at byte \(error.offset): \(error.message)"]
        }
        if self.faults.isEmpty, self.keys.isEmpty { self.faults = ["the key set has no key for signatures"] }
    }

    private mutating func readSet(_ value: Range<Int>, of text: Span<UInt8>) {
        guard let members = JSONWebKey.members(of: value, in: text) else {
            self.faults.append("the key set is not an object in which every name occurs once")
            return
        }
        guard let list = members["keys"], var elements = JSONElements(array: list, in: text) else {
            self.faults.append("the key set has no array called keys")
            return
        }
        var number = 0
        while let element = elements.next(in: text) {
            number += 1
            guard number <= Self.maximumKeys else {
                self.faults.append("the key set has more than \(Self.maximumKeys) keys")
                return
            }
            switch JSONWebKey.read(element, of: text, number: number) {
            case .success(let key): self.keys.append(key)
            case .failure(.skipped(let note)): self.notes.append(note)
            case .failure(.broken(let fault)): self.faults.append(fault)
            }
        }
    }
}
