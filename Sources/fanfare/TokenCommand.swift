import ArgumentParser

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make a subscriber's token for a test, or show what one holds.",
        discussion: """
            Secrets come from FANFARE_TOKEN_SECRET, FANFARE_TOKEN_SECRET_FILE or a file,
            never from the command line.

            EXAMPLES
              fanfare token --sub alice --channels 'orders.*' --expires 1h
              fanfare token --sub alice --channels '**' | fanfare token show -
            """,
        subcommands: [TokenMintCommand.self, TokenShowCommand.self],
        defaultSubcommand: TokenMintCommand.self)
}
