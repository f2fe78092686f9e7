import WireBytes

/// An event as one line of JSON: `{"channel":…,"event":…,"data":…}`, the data as it stood on the wire.
package enum MessageLine {
    /// Appends the line and its newline.
    ///
    /// A JSON text can hold line ends between its tokens, never in its strings: they become spaces, byte for byte.
    /// - Parameter text: what `packet` points into.
    package static func append(_ packet: EventPacket, of text: Span<UInt8>, channel: Span<UInt8>, to line: inout [UInt8]) {
        Output.append(#"{"channel":"#, to: &line)
        JSONText.appendQuoted(channel, to: &line)
        Output.append(#","event":"#, to: &line)
        Output.append(text.extracting(packet.name), to: &line)
        Output.append(#","data":"#, to: &line)
        if packet.data.isEmpty { Output.append("null", to: &line) }
        self.appendOneLine(text.extracting(packet.data), to: &line)
        Output.append("}\n", to: &line)
    }

    /// The data in one line for a terminal.
    package static func readable(_ data: Span<UInt8>) -> String {
        var line: [UInt8] = []
        self.appendOneLine(data, to: &line)
        return PrintableText.escaped(line.span)
    }

    private static func appendOneLine(_ data: Span<UInt8>, to line: inout [UInt8]) {
        let start = line.count
        Output.append(data, to: &line)
        for index in start..<line.count where line[index] == 0x0A || line[index] == 0x0D {
            line[index] = 0x20
        }
    }

    /// Whether the parts are JSON; from a server that is not Fanfare they may not be.
    package static func isJSON(_ packet: EventPacket, of text: Span<UInt8>) -> Bool {
        guard (try? JSONScanner.scan(text.extracting(packet.name))) != nil else { return false }
        return packet.data.isEmpty || (try? JSONScanner.scan(text.extracting(packet.data))) != nil
    }
}
