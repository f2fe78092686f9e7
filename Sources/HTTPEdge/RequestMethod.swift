import NIOHTTP1

/// The methods that some endpoint tells apart.
package enum RequestMethod: Sendable {
    case get, head, post, put, delete, options, other

    init(_ method: HTTPMethod) {
        switch method {
        case .GET: self = .get
        case .HEAD: self = .head
        case .POST: self = .post
        case .PUT: self = .put
        case .DELETE: self = .delete
        case .OPTIONS: self = .options
        default: self = .other
        }
    }
}
