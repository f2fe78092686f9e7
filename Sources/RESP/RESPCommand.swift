import WireBytes

/// Writes commands, as arrays of bulk strings: measured first and written second, so that a command is one exact allocation.
///
/// For a command on the path of messages the parts are called one by one (`writeHead`, then for each argument `writeArgument`, or
/// `writeArgumentHead`, the bytes, `writeArgumentEnd`); for others there is `encode`. Pure functions, called on any thread.
package enum RESPCommand {
    // MARK: Part by part

    /// Bytes that `writeHead` writes.
    package static func headByteCount(arguments: Int) -> Int {
        ASCII.decimalDigits(arguments) + 3
    }

    /// Bytes that an argument of `byteCount` bytes takes, its length and line ends included.
    package static func argumentByteCount(_ byteCount: Int) -> Int {
        ASCII.decimalDigits(byteCount) + byteCount + 5
    }

    /// - Parameters:
    ///   - arguments: how many follow, the command's name included.
    ///   - output: with room for `headByteCount(arguments:)` bytes.
    package static func writeHead(arguments: Int, into output: inout OutputRawSpan) {
        Self.writeLine(RESPType.array, arguments, into: &output)
    }

    /// - Parameter output: with room for `argumentByteCount(argument.count)` bytes.
    package static func writeArgument(_ argument: Span<UInt8>, into output: inout OutputRawSpan) {
        Self.writeArgumentHead(byteCount: argument.count, into: &output)
        Output.write(argument, into: &output)
        Self.writeArgumentEnd(into: &output)
    }

    /// What precedes an argument that the caller writes itself: exactly `byteCount` bytes, then `writeArgumentEnd`.
    package static func writeArgumentHead(byteCount: Int, into output: inout OutputRawSpan) {
        Self.writeLine(RESPType.bulk, byteCount, into: &output)
    }

    /// What follows an argument that the caller has written.
    package static func writeArgumentEnd(into output: inout OutputRawSpan) {
        Output.write("\r\n", into: &output)
    }

    // MARK: In one go

    /// Bytes that the command takes.
    package static func byteCount(_ arguments: [RESPArgument]) -> Int {
        arguments.reduce(Self.headByteCount(arguments: arguments.count)) { $0 + Self.argumentByteCount($1.byteCount) }
    }

    /// - Parameters:
    ///   - arguments: the command's name first.
    ///   - output: with room for `byteCount(arguments)` bytes.
    package static func write(_ arguments: [RESPArgument], into output: inout OutputRawSpan) {
        Self.writeHead(arguments: arguments.count, into: &output)
        for argument in arguments {
            Self.writeArgumentHead(byteCount: argument.byteCount, into: &output)
            switch argument {
            case .bytes(let bytes): Output.write(bytes.span, into: &output)
            case .text(let text): Output.write(text, into: &output)
            case .integer(let integer): ASCII.writeDecimal(integer, into: &output)
            }
            Self.writeArgumentEnd(into: &output)
        }
    }

    /// The command as an array of exactly the right size.
    package static func encode(_ arguments: [RESPArgument]) -> [UInt8] {
        let byteCount = Self.byteCount(arguments)
        return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            let space = UnsafeMutableRawBufferPointer(buffer)
            var output = unsafe OutputRawSpan(buffer: space, initializedCount: 0)
            Self.write(arguments, into: &output)
            count = unsafe output.finalize(for: space)
        }
    }

    private static func writeLine(_ type: RESPType, _ number: Int, into output: inout OutputRawSpan) {
        output.append(type.rawValue)
        ASCII.writeDecimal(number, into: &output)
        Output.write("\r\n", into: &output)
    }
}
