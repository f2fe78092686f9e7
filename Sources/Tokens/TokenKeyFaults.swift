/// Why keys are not taken: sentences for the person who configured them, all at once. They never hold a secret.
package struct TokenKeyFaults: Error, Equatable, Sendable {
    package let sentences: [String]

    package init(_ sentences: [String]) {
        self.sentences = sentences
    }
}
