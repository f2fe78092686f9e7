import NIOHTTP1

/// Everything of a publishing request but its body: made once, sent often.
package struct PublishRequest: Sendable {
    private let template: HTTPRequestHead

    /// - Parameters:
    ///   - channel: the name, any bytes; the server judges it. So with `event`.
    ///   - key: a publish key, if the server wants one. Without line ends.
    package init(url: ServerURL, channel: [UInt8], event: [UInt8], key: String?) {
        var headers: HTTPHeaders = [
            "Host": url.authority, "Content-Type": "application/json", "Accept": "application/json", "Prefer": "return=minimal",
        ]
        if let key { headers.add(name: "Authorization", value: "Bearer \(key)") }
        let target = PathEncoding.publishTarget(channel: channel.span, event: event.span)
        self.template = HTTPRequestHead(version: .http1_1, method: .POST, uri: target, headers: headers)
    }

    func head(bodyBytes: Int) -> HTTPRequestHead {
        var head = self.template
        head.headers.add(name: "Content-Length", value: String(bodyBytes))
        return head
    }
}
