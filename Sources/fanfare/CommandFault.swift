/// Why a client command failed: one clear line and an exit code (contract 8).
struct CommandFault: Error {
    enum Kind: Int32 {
        /// `health`: not alive.
        case unhealthy = 1
        /// EX_USAGE.
        case usage = 64
        /// EX_DATAERR: the server refused it.
        case refused = 65
        /// EX_UNAVAILABLE: no server, or none any more.
        case unavailable = 69
        /// EX_IOERR: standard input cannot be read, or standard output not written.
        case inputOutput = 74
        /// EX_CONFIG: a bad variable.
        case configuration = 78
    }

    let kind: Kind
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
