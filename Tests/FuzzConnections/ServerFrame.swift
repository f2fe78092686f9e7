import FuzzTargets

/// A frame as a server sends them: whole, not masked, its length in the shortest form.
struct ServerFrame {
    let opcode: UInt8
    let payload: [UInt8]

    /// Takes a frame from the front; nil if nothing is left.
    static func take(from bytes: inout ArraySlice<UInt8>) throws(Fault) -> ServerFrame? {
        guard let first = bytes.popFirst() else { return nil }
        guard first & 0xF0 == 0x80, let length = bytes.popFirst(), length < 128 else { throw Fault("a frame begins with \(first)") }
        let width = length == 126 ? 2 : length == 127 ? 8 : 0
        let field = bytes.prefix(width)
        bytes = bytes.dropFirst(width)
        let count = width == 0 ? Int(length) : field.reduce(0) { $0 << 8 | Int($1) }
        let isShortest = width == 0 || (width == 2 ? count > 125 : count > 0xFFFF)
        try Fault.unless(field.count == width && isShortest && bytes.count >= count, "a frame of \(count) bytes, \(bytes.count) are there")
        defer { bytes = bytes.dropFirst(count) }
        return ServerFrame(opcode: first & 15, payload: Array(bytes.prefix(count)))
    }
}
