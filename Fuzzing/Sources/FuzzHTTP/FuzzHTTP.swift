import FuzzConnections
import FuzzDriver

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzDriver.run(HTTPTarget.self, start, count, largeByteCount: 65_536)
}
