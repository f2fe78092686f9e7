/// The media types that this server answers with.
package enum ContentType: Sendable {
    case json
    case plainText
    /// The text format of Prometheus.
    case metrics
    case html
    case css
    case javaScript
    case svg
    case octetStream

    /// The whole header field with its CR LF.
    var field: StaticString {
        switch self {
        case .json: "Content-Type: application/json\r\n"
        case .plainText: "Content-Type: text/plain; charset=UTF-8\r\n"
        case .metrics: "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        case .html: "Content-Type: text/html\r\n"
        case .css: "Content-Type: text/css; charset=UTF-8\r\n"
        case .javaScript: "Content-Type: text/javascript; charset=UTF-8\r\n"
        case .svg: "Content-Type: image/svg+xml\r\n"
        case .octetStream: "Content-Type: application/octet-stream\r\n"
        }
    }
}
