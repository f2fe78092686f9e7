import ArgumentParser
import FanfareServer

/// A duration of a client command's own option.
struct DurationArgument: ExpressibleByArgument {
    let milliseconds: Int64

    init?(argument: String) {
        guard let duration = DurationText(argument), duration.milliseconds > 0 else { return nil }
        self.milliseconds = duration.milliseconds
    }
}
