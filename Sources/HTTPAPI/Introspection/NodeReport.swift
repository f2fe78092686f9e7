/// Which nodes a sum is of (contract 10).
package struct NodeReport: Sendable, Equatable {
    /// Nodes that there are, with this one.
    package let asked: Int
    /// Those whose part is in it.
    package let answered: [String]

    package init(asked: Int, answered: [String]) {
        self.asked = asked
        self.answered = answered
    }
}
