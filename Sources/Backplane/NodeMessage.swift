/// What nodes ask each other, and answer, through Redis' Pub/Sub: version 1 in the first byte, then two numbers of eight bytes with the highest
/// byte first, then a text that only the asking and the answering side understand.
struct NodeMessage: Equatable {
    static let version: UInt8 = 1

    /// Who asks, or who answers.
    let node: UInt64
    /// The question's, chosen by the node that asks.
    let number: UInt64
    let text: [UInt8]

    init(node: UInt64, number: UInt64, text: [UInt8]) {
        self.node = node
        self.number = number
        self.text = text
    }

    /// Nil for what no node of this version has written.
    init?(parsing bytes: [UInt8]) {
        guard bytes.count >= 17, bytes[0] == Self.version else { return nil }
        self.node = bytes[1..<9].reduce(0) { $0 << 8 | UInt64($1) }
        self.number = bytes[9..<17].reduce(0) { $0 << 8 | UInt64($1) }
        self.text = Array(bytes[17...])
    }

    var bytes: [UInt8] { [Self.version] + self.node.bigEndianBytes + self.number.bigEndianBytes + self.text }
}
