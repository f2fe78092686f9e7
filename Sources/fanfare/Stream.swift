import Foundation

/// Standard output or standard error, written at once.
struct Stream {
    static let output = Stream(descriptor: STDOUT_FILENO)
    static let error = Stream(descriptor: STDERR_FILENO)

    private let descriptor: Int32
    let isTerminal: Bool
    /// A terminal that shows them, and nobody who asked for none (https://no-color.org).
    private let hasColours: Bool

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        self.isTerminal = isatty(descriptor) == 1
        let environment = ProcessInfo.processInfo.environment
        self.hasColours = self.isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    /// - Returns: 0, or the `errno`: `EPIPE` when nobody reads it any more.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(self.descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }

    @discardableResult
    func write(_ text: String) -> Int32 {
        self.write(Array(text.utf8))
    }

    /// Whether nobody reads it any more.
    var isAbandoned: Bool {
        var state = pollfd(fd: self.descriptor, events: 0, revents: 0)
        return poll(&state, 1, 0) > 0
    }

    /// The text in a colour, if colours are shown.
    func styled(_ text: String, _ style: Style) -> String {
        self.hasColours ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    enum Style: Int {
        case faint = 2
        case red = 31
        case green = 32
        case yellow = 33
        case cyan = 36
    }
}
