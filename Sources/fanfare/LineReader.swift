import Foundation

/// Standard input line by line, without reading ahead more than a piece.
struct LineReader {
    /// The largest message that any Fanfare can be set to take is 100,000,000 bytes; a longer line is not kept.
    static let maximumLineBytes = 100_000_001
    private static let pieceBytes = 65_536

    private var piece: [UInt8] = []
    private var position = 0
    private var hasEnded = false
    /// Of the line that came last; from 1.
    private(set) var lineNumber = 0

    /// The next line without its newline; nil at the end. Blocks until it is there.
    /// - Throws: `CommandFault`.
    mutating func next() throws -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            let rest = self.piece[self.position...]
            if let newline = rest.firstIndex(of: 0x0A) {
                line += rest[..<newline]
                self.position = newline + 1
                self.lineNumber += 1
                return line
            }
            line += rest
            self.position = self.piece.count
            guard line.count < Self.maximumLineBytes else {
                throw CommandFault(.refused, "line \(self.lineNumber + 1) is longer than a message can be")
            }
            if try self.hasEnded || !self.readPiece() {
                self.hasEnded = true
                guard !line.isEmpty else { return nil }
                self.lineNumber += 1
                return line
            }
        }
    }

    /// False at the end.
    private mutating func readPiece() throws -> Bool {
        var count = 0
        self.position = 0
        self.piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, filled in
            repeat {
                count = read(STDIN_FILENO, buffer.baseAddress, buffer.count)
            } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        guard count >= 0 else { throw CommandFault(.inputOutput, "cannot read standard input: \(String(cString: strerror(errno)))") }
        return count > 0
    }
}
