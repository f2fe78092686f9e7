import AccessControl
import HTTPEdge

extension CrossOrigin {
    /// What a preflight of the Engine.IO endpoint is answered beyond the lines of every answer.
    static func preflightHeaders(_ facts: RequestFacts) -> String {
        var headers = "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE\r\n"
        if let requested = facts.accessControlRequestHeaders, requested.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            headers += "Vary: Access-Control-Request-Headers\r\nAccess-Control-Allow-Headers: \(requested)\r\n"
        }
        return headers
    }
}
