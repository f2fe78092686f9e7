package import FuzzTargets
import Glibc

/// Between libFuzzer and a target: bytes in, and a stop that libFuzzer notes as a crash if a property does not hold.
package enum FuzzDriver {
    /// One input in so many is also tried at a large size.
    private static let rarity: UInt64 = 4_096

    /// - Parameters:
    ///   - start: what libFuzzer hands over, with its count.
    ///   - largeByteCount: the size at which time is measured.
    ///   - microsecondsAByte: allowed there. Many times what is needed with all checks compiled in, and far below what anything quadratic
    ///     takes at that size.
    /// - Returns: 0, for libFuzzer.
    package static func run(
        _ target: any FuzzTarget.Type, _ start: UnsafePointer<UInt8>?, _ count: Int, largeByteCount: Int, microsecondsAByte: Int = 10
    ) -> CInt {
        let input = Array(UnsafeBufferPointer(start: start, count: count))
        if let fault = target.fault(in: input) { fatalError(fault) }
        // By the input itself, so that it is the same when a crash is run again.
        if self.hash(input) % self.rarity == 0 { self.checkTime(target, input, largeByteCount, microsecondsAByte) }
        return 0
    }

    private static func checkTime(_ target: any FuzzTarget.Type, _ input: [UInt8], _ byteCount: Int, _ microsecondsAByte: Int) {
        let large = target.enlarged(input, to: byteCount)
        let began = self.processorTime
        if let fault = target.fault(in: large) { fatalError("enlarged to \(large.count) bytes: \(fault)") }
        let microseconds = (self.processorTime - began) / 1_000
        if microseconds > 500_000 + microsecondsAByte * large.count { fatalError("\(microseconds) microseconds for \(large.count) bytes") }
    }

    /// Of this thread, in nanoseconds.
    private static var processorTime: Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// FNV-1a, its low bits mixed.
    private static func hash(_ input: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in input { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash ^ hash >> 32
    }
}
