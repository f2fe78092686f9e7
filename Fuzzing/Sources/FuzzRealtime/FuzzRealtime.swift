import FuzzConnections
import FuzzDriver

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzDriver.run(KeptStageTarget.self, start, count, largeByteCount: 32_768, microsecondsAByte: 200)
}
