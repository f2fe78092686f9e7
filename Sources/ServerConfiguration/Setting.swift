import FanfareServer

/// One setting of contract 8: its three names, its default, what it means and how a text becomes it. `all` is the one list of them; help,
/// `config show` and the reference page are made from it.
package struct Setting: Sendable {
    /// When a change takes effect on a running server.
    package enum Change: Sendable {
        case reload
        /// With the next start; a reload says so.
        case restart
    }

    /// In the file: `listen.host`.
    package let path: String
    /// Without the dashes: `host`.
    package let flag: String
    /// The first is the one to use.
    package let variables: [String]
    /// As people write it; what is found out at the start in words.
    package let standard: String
    package let explanation: String
    /// What a good value looks like: "a port from 0 to 65535".
    package let expected: String
    package let change: Change
    /// Several values: a repeated flag, a comma list in a variable, a sequence in the file.
    package let isList: Bool
    /// Puts a value in force; a list's one by one. False: not a value of this setting.
    let apply: @Sendable (String, inout ServerSettings) -> Bool

    init(
        _ path: String, flag: String, variables: [String]? = nil, standard: String, expected: String, isList: Bool = false,
        change: Change = .restart, _ explanation: String, apply: @escaping @Sendable (String, inout ServerSettings) -> Bool
    ) {
        self.path = path
        self.flag = flag
        self.variables = variables ?? ["FANFARE_" + flag.uppercased().replacing("-", with: "_")]
        self.standard = standard
        self.explanation = explanation
        self.expected = expected
        self.change = change
        self.isList = isList
        self.apply = apply
    }

    /// Says what is wrong with a text, or nothing.
    package func fault(of text: String) -> String? {
        var unused = ServerSettings()
        return self.apply(text, &unused) ? nil : "expected \(self.expected)"
    }
}
