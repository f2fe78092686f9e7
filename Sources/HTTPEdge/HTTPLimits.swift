/// What one HTTP connection may cost (contract 7). Bytes and milliseconds.
package struct HTTPLimits: Sendable {
    /// The fields of a request together; past it: 431.
    package var headerBytes = 16 * 1024
    /// Past it: 431.
    package var headerFields = 100
    /// Past it: 414.
    package var targetBytes = 8 * 1024
    /// From the accepted connection to its first byte; past it: closed.
    package var firstByteTimeout: Milliseconds = 10_000
    /// From a request's first byte to the end of its header; past it: 408.
    package var headerTimeout: Milliseconds = 10_000
    /// From the end of the header to the end of the body; past it: 408.
    package var bodyTimeout: Milliseconds = 30_000
    /// Between two requests of a kept-alive connection; past it: closed.
    package var idleTimeout: Milliseconds = 75_000
    /// After an early answer: what is read and dropped, and for how long, so that the answer is seen and not a reset.
    package var lingerBytes = 1024 * 1024
    package var lingerTimeout: Milliseconds = 1_000

    package init() {}
}
