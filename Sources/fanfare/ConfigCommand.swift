import ArgumentParser

/// `fanfare config`: what the server would be told.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check or show the configuration that `serve` would start with.",
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self])
}
