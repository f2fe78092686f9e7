/// Where a value came from, as `config show` says it.
package enum SettingOrigin: Equatable, Sendable, CustomStringConvertible {
    case flag(String)
    case variable(String)
    case file(String, line: Int)
    case standard

    package var description: String {
        switch self {
        case .flag(let name): "--" + name
        case .variable(let name): name
        case .file(let path, let line): "\(path):\(line)"
        case .standard: "default"
        }
    }
}
