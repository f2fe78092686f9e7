import NIOCore
import NIOHTTP1

/// One request on its way, with whom to tell the answer.
struct HTTPExchange: Sendable {
    let head: HTTPRequestHead
    let body: ByteBuffer?
    let answer: EventLoopPromise<HTTPAnswer>
}
