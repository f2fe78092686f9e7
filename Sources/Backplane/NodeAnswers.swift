/// What other nodes have answered.
package struct NodeAnswers: Sendable {
    /// Other nodes that have heard the question; 0 while Redis is away.
    package var asked = 0
    /// In the order in which they came.
    package var answers: [(node: UInt64, text: [UInt8])] = []

    package init() {}
}
