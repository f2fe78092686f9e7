/// What one HTTP connection may cost (contract 7). Bytes and milliseconds.
package struct HTTPLimits: Sendable, Equatable {
    /// The field section of a request, line ends included; past it: 431.
    package var headerBytes = 16_384
    /// Fields of a request; past it: 431.
    package var headerFields = 100
    /// The request target; past it: 414.
    package var targetBytes = 8_192
    /// Framing (sizes, extensions, trailers) that a chunked body may spend on top of its payload. How large a payload may be is for the
    /// endpoint to say, in `Disposition.collectBody`.
    package var bodyBytes = 1_000_000
    /// What is read and dropped behind an early answer, so that the answer is seen and not a reset.
    package var lingerBytes = 1_048_576
    /// From the connection's start to its first byte; past it: 408. This and what follows are absolute, in milliseconds: a peer that
    /// trickles does not move them.
    package var firstByteTimeout: Milliseconds = 10_000
    /// From a request's first byte to the end of its fields; past it: 408.
    package var headerTimeout: Milliseconds = 10_000
    /// From the end of the fields to the end of the body; past it: 408.
    package var bodyTimeout: Milliseconds = 30_000
    /// From an answer to the next request's first byte; past it: closed.
    package var idleTimeout: Milliseconds = 75_000
    /// How long a peer may leave our answers unread once they fill the buffers; past it: closed.
    package var writeTimeout: Milliseconds = 30_000
    /// How long is read and dropped behind an early answer, from our FIN on.
    package var lingerTimeout: Milliseconds = 1_000

    package init() {}
}
