import Glibc
import NIOCore
import NIOPosix

/// Words for what NIO says about an attempt to connect.
enum ConnectFailure {
    static func words(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return self.words(first.error) }
            return "the host \(error.host) is not known"
        case let error as IOError:
            return String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout(let time):
            return "no answer within \(time.nanoseconds / 1_000_000_000) s"
        default:
            return "\(error)"
        }
    }
}
