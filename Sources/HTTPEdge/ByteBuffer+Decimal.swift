package import NIOCore
import WireBytes

extension ByteBuffer {
    /// Writes a number that is not negative in decimal digits.
    package mutating func writeDecimal(_ number: Int) {
        self.writeWithOutputRawSpan(minimumWritableBytes: 20) { output in
            ASCII.writeDecimal(number, into: &output)
        }
    }
}
