/// Bulk copies into space that the caller has measured before: every encoder says its byte count first and writes second.
///
/// Like `OutputRawSpan.append`, these stop the process when the space is too small, which would be a wrong count in this program and never
/// the doing of input.
package enum Output {
    /// Copies all of `bytes` behind what has been written so far. `output` needs `bytes.count` bytes of free capacity.
    package static func write(_ bytes: Span<UInt8>, into output: inout OutputRawSpan) {
        unsafe bytes.withUnsafeBytes { source in
            unsafe write(source, into: &output)
        }
    }

    /// Copies the UTF-8 of `text` behind what has been written so far. `output` needs `text.utf8CodeUnitCount` bytes of free capacity.
    package static func write(_ text: StaticString, into output: inout OutputRawSpan) {
        text.withUTF8Buffer { source in
            unsafe write(UnsafeRawBufferPointer(source), into: &output)
        }
    }

    /// Appends all of `bytes` to an array, in one copy.
    package static func append(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
        unsafe bytes.withUnsafeBytes { source in
            unsafe output.append(contentsOf: source)
        }
    }

    /// Appends the UTF-8 of `text` to an array.
    package static func append(_ text: StaticString, to output: inout [UInt8]) {
        text.withUTF8Buffer { source in
            unsafe output.append(contentsOf: source)
        }
    }

    @inline(__always)
    private static func write(_ source: UnsafeRawBufferPointer, into output: inout OutputRawSpan) {
        unsafe output.withUnsafeMutableBytes { target, count in
            precondition(source.count <= target.count &- count, "OutputRawSpan capacity overflow")
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(from: source)
            count &+= source.count
        }
    }
}
