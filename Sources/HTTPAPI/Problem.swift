package import HTTPEdge
import WireBytes

/// Error answers in FastAPI's shape (contract 1, Errors): `{"detail":"…"}`, and a list of located faults for a bad name or body.
package enum Problem {
    /// A whole body, to be thrown.
    package struct Body: Error {
        package let json: [UInt8]
    }

    /// - Parameter detail: one sentence for the person who sees it.
    package static func plain(_ detail: String) -> [UInt8] {
        var body = Array(#"{"detail":"#.utf8)
        JSONText.appendQuoted(Array(detail.utf8).span, to: &body)
        body.append(UInt8(ascii: "}"))
        return body
    }

    /// A body that is not one JSON value.
    static func invalidJSON(_ fault: JSONFault) -> [UInt8] {
        var body = Array(#"{"detail":[{"type":"json_invalid","loc":["body","#.utf8)
        ASCII.appendDecimal(fault.offset, to: &body)
        body.append(contentsOf: #"],"msg":"#.utf8)
        JSONText.appendQuoted(Array(fault.message.utf8).span, to: &body)
        body.append(contentsOf: "}]}".utf8)
        return body
    }

    /// - Parameter part: `channel` or `event`.
    static func invalidName(_ part: StaticString, _ message: String) -> Body {
        self.located("path", part, type: "name_invalid", message)
    }

    /// - Parameter type: as FastAPI calls such a fault.
    package static func invalidQuery(_ name: StaticString, type: StaticString, _ message: String) -> Body {
        self.located("query", name, type: type, message)
    }

    private static func located(_ place: StaticString, _ name: StaticString, type: StaticString, _ message: String) -> Body {
        var json = JSONWriter()
        json.object { json in
            json.member("detail", arrayOf: CollectionOfOne(message)) { json, message in
                json.object { json in
                    json.member("type", text: type.description)
                    json.member("loc", arrayOf: [place, name]) { $0.text(Array($1.description.utf8)) }
                    json.member("msg", text: message)
                }
            }
        }
        return Body(json: json.bytes)
    }
}

extension Exchange {
    package func refuse(_ status: Status, _ detail: String, extraHeaders: String = "") {
        self.respond(ResponseHead(status, .json, extraHeaders: extraHeaders), body: Problem.plain(detail))
    }

    package func refuseNotFound() {
        self.refuse(.notFound, "Not Found")
    }

    /// - Parameter allowed: the methods, as the `Allow` header lists them.
    package func refuseMethod(allowed: StaticString) {
        self.refuse(.methodNotAllowed, "Method Not Allowed", extraHeaders: "Allow: \(allowed)\r\n")
    }
}
