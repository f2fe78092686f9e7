import FuzzDriver
import FuzzTargets

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzDriver.run(RESPTarget.self, start, count, largeByteCount: 262_144)
}
