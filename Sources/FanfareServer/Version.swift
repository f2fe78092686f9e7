/// The version of this program, as `fanfare --version` and `/metrics` say it.
package enum Version {
    package static let text = "0.1.0"
}
