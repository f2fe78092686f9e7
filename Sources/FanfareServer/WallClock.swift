import Foundation

/// The time of day, for the times that tokens carry. Everything else runs on the loops' steady clock.
enum WallClock {
    /// Milliseconds since 1970. Called on any thread.
    static func now() -> Int64 {
        Int64(Date().timeIntervalSince1970 * 1_000)
    }
}
