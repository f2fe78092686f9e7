import AccessControl
import EngineIO
import WebSocketFraming
import WireBytes

/// What stands in paths and header fields: percent-encoding, names, identifiers, numbers, lists, origins. Against `PlainNames` and the
/// standard library.
package enum NameTarget: FuzzTarget {
    package static func check(_ input: [UInt8]) throws(Fault) {
        let whole = 0..<input.count
        try self.checkDecoding(whole, of: input)
        if input.count > 2 { try self.checkDecoding(1..<(input.count - 1), of: input) }
        try self.checkNames(input)
        try self.checkEncoded(input)
        try self.checkUTF8(input)
        try self.checkIdentifier(input)
        try self.checkFields(input)
    }

    private static func checkDecoding(_ range: Range<Int>, of input: [UInt8]) throws(Fault) {
        let decoded = PercentDecoding.decode(range, of: input.span)
        let expected = PlainNames.decode(input[range])
        try Fault.unless(decoded == expected, "decoded to \(String(describing: decoded)), not \(String(describing: expected))")
        if let decoded, decoded != input { try self.checkNames(decoded) }
    }

    private static func checkNames(_ name: [UInt8]) throws(Fault) {
        let channelFault = NameRule.checkChannel(name.span)
        try Fault.unless((channelFault == nil) == PlainNames.isChannel(name), "as a channel: \(String(describing: channelFault))")
        let eventFault = NameRule.checkEvent(name.span)
        try Fault.unless((eventFault == nil) == PlainNames.isEvent(name), "as an event: \(String(describing: eventFault))")
        try Fault.unless(channelFault == nil || eventFault == channelFault, "an event's fault is not the channel's")
    }

    /// Everything escaped decodes to itself, if it is UTF-8.
    private static func checkEncoded(_ input: [UInt8]) throws(Fault) {
        var escaped: [UInt8] = []
        let digits = Array("0123456789ABCDEFabcdef".utf8)
        for (index, byte) in input.enumerated() {
            let low = Int(byte & 15)
            escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[low > 9 && index % 2 == 1 ? low + 6 : low]]
        }
        let isUTF8 = String(validating: input, as: UTF8.self) != nil
        let decoded = PercentDecoding.decode(0..<escaped.count, of: escaped.span)
        try Fault.unless(decoded == (isUTF8 ? input : nil), "escaped whole it decodes to something else")
    }

    private static func checkUTF8(_ input: [UInt8]) throws(Fault) {
        let isUTF8 = String(validating: input, as: UTF8.self) != nil
        try Fault.unless(UTF8Validator.isValid(input.span) == isUTF8, "UTF-8 is judged differently")
        let middle = input.count / 2
        var validator = UTF8Validator()
        let isFirstHalfFine = validator.consume(input.span.extracting(0..<middle))
        let isSecondHalfFine = validator.consume(input.span.extracting(middle..<input.count))
        let isValidInPieces = isFirstHalfFine && isSecondHalfFine && validator.isAtBoundary
        try Fault.unless(isValidInPieces == isUTF8, "in two pieces UTF-8 is judged differently")
        try Fault.unless(isFirstHalfFine || !isSecondHalfFine, "a text that was refused is taken")
    }

    private static func checkIdentifier(_ input: [UInt8]) throws(Fault) {
        for start in [0, 1] where input.count >= start + SessionIdentifier.byteCount {
            let range = start..<(start + SessionIdentifier.byteCount)
            guard let identifier = SessionIdentifier(parsing: range, of: input.span) else { continue }
            var written: [UInt8] = []
            identifier.append(to: &written)
            let isSame = written.elementsEqual(input[range]) && (0...255).contains(identifier.loop)
            try Fault.unless(isSame, "an identifier is written differently")
        }
        if input.count != SessionIdentifier.byteCount {
            let identifier = SessionIdentifier(parsing: 0..<input.count, of: input.span)
            try Fault.unless(identifier == nil, "an identifier of \(input.count) characters")
        }
    }

    private static func checkFields(_ input: [UInt8]) throws(Fault) {
        let text = String(decoding: input, as: UTF8.self)
        let isPlain = !input.isEmpty && input.count <= 19 && input.allSatisfy { (0x30...0x39).contains($0) }
        try Fault.unless(ASCII.parseDecimal(input.span) == (isPlain ? Int(text) : nil), "a number is read differently")
        let elements = input.split(separator: UInt8(ascii: ","))
        let hasUpgrade = elements.contains { element in
            let trimmed = element.drop { $0 == 0x20 || $0 == 9 }.reversed().drop { $0 == 0x20 || $0 == 9 }.reversed()
            return trimmed.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 }.elementsEqual("upgrade".utf8)
        }
        try Fault.unless(ASCII.listContains("upgrade", in: input.span) == hasUpgrade, "a list is read differently")
        if let offer = UpgradeRules.firstSubprotocol(in: input.span) {
            let isToken = input[offer].allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") }
            try Fault.unless(!offer.isEmpty && isToken, "a subprotocol at \(offer)")
        }
        if UpgradeRules.isValidKey(input.span) { try Fault.unless(input.count == 24, "a key of \(input.count) characters") }
        _ = UpgradeRules.isSupportedVersion(input.span)
        try self.checkAccess(text)
    }

    private static func checkAccess(_ text: String) throws(Fault) {
        let loopback = OriginPolicy(list: .only([]), isLoopbackListener: true)
        let open = AccessPolicy(keys: AccessKeys([]), origins: loopback, isInsecureOpen: false)
        let closed = AccessPolicy(
            keys: AccessKeys([AccessKey(name: "key", secret: "key")]), origins: loopback, isInsecureOpen: false)
        _ = open.checkHost(text)
        var isRefused = true
        if case .granted = closed.check(.publish, origin: nil, host: nil, authorization: text, apiKey: text) { isRefused = false }
        let bearer = text.utf8.prefix(7).map { $0 | 0x20 }.elementsEqual("bearer ".utf8)
        try Fault.unless(isRefused || text == "key" || bearer, "a wrong key is taken")
        guard let origin = Origin(parsing: text) else {
            try Fault.unless(loopback.judge(origin: text, host: text) == .foreign, "no origin is at home")
            return
        }
        try Fault.unless(origin == origin && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "an origin with odd characters")
        // What is echoed into a header field has to be one line of visible text: it was checked above.
        let own = loopback.judge(origin: text, host: String(text.drop { $0 != "/" }.dropFirst(2)))
        try Fault.unless(own == .home, "a page of this server is \(own)")
    }
}
