import Testing
import WebSocketFraming

@Suite("Close frames")
struct CloseTests {
    /// RFC 6455 7.4 and the registry: what an endpoint may send.
    private func mayBeSent(_ code: UInt16) -> Bool {
        let protocolCodes: Set<UInt16> = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]
        return protocolCodes.contains(code) || (3000...4999).contains(code)
    }

    @Test("exactly the codes that may be sent are taken, the others are 1002")
    func codes() {
        for number in Array(0...5000) + [0x7FFF, 0x8000, 0xFFFF] as [UInt16] {
            let code = CloseCode(rawValue: number)
            #expect(code.isValidOnTheWire == mayBeSent(number))
            let frame = ClientFrame(.close, [UInt8(number >> 8), UInt8(number & 0xFF)])
            #expect(Receiver.trace(frame) == [mayBeSent(number) ? .close(code) : .failure(.protocolError)])
        }
    }

    @Test("an empty body is a close without a code, one byte is 1002")
    func shortBodies() {
        #expect(Receiver.trace(ClientFrame(.close)) == [.close(nil)])
        #expect(Receiver.trace(ClientFrame(.close, [0x03])) == [.failure(.protocolError)])
    }

    @Test("the reason has to be UTF-8")
    func reason() {
        #expect(Receiver.trace(ClientFrame(.close, [0x03, 0xE9] + Array("gone €".utf8))) == [.close(.goingAway)])
        #expect(Receiver.trace(ClientFrame(.close, [0x03, 0xE9, 0xFF])) == [.failure(.invalidPayload)])
        #expect(Receiver.trace(ClientFrame(.close, [0x03, 0xE9, 0xE2, 0x82])) == [.failure(.invalidPayload)])
    }

    @Test("a reason is checked apart from the text around it")
    func reasonInsideText() {
        let open = ClientFrame(.text, [0xE2, 0x82], isFinal: false)
        #expect(Receiver.trace(open, ClientFrame(.close, [0x03, 0xE8, 0x61])) == [.close(.normal)])
        #expect(Receiver.trace(open, ClientFrame(.close, [0x03, 0xE8, 0xAC])) == [.failure(.invalidPayload)])
    }

    @Test("after a close nothing more is read")
    func nothingAfterClose() {
        let receiver = Receiver()
        receiver.read([UInt8]([ClientFrame(.close), ClientFrame(.text, [0x61])]))
        receiver.read([0x00, 0xFF])
        #expect(receiver.received == [.close(nil)])
        #expect(receiver.bytesUntilEvent == ClientFrame(.close).bytes.count)
        #expect(!receiver.isInsideMessage)
    }

    @Test("our close frames carry the code, or none when it is for local use")
    func ownFrames() {
        #expect(ControlFrame.close(nil) == [0x88, 0])
        #expect(ControlFrame.close(.normal) == [0x88, 2, 0x03, 0xE8])
        #expect(ControlFrame.close(.tryAgainLater) == [0x88, 2, 0x03, 0xF5])
        #expect(ControlFrame.close(CloseCode(rawValue: 1005)) == [0x88, 0])
    }

    @Test("the named codes have their numbers")
    func names() {
        let named: [CloseCode] = [
            .normal, .goingAway, .protocolError, .unsupportedData, .invalidPayload, .policyViolation, .messageTooBig, .tryAgainLater,
        ]
        #expect(named.map(\.rawValue) == [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1013])
    }
}
