import ServerConfiguration

/// The reference page `docs/configuration.md`.
enum SettingsPage {
    static var markdown: String {
        var text = """
            # Configuration

            Nothing has to be configured to start on one's own machine. This page is made from the list in the code
            (`Sources/ServerConfiguration/Setting+List.swift`) and a test holds the two together.

            Every setting has three names: a path in a YAML file, a flag, and a variable, which is `FANFARE_` and the flag in capitals. Flags win
            over variables, variables over the file, the file over defaults. The file is the one that `--config` names, or `fanfare.yaml` in the
            working folder if there is one. An unknown name, a bad value, a contradiction: everything that is wrong is said at once, and the
            server does not start (exit code 78; 64 for a bad flag).

            ```yaml
            listen:
              host: 127.0.0.1
              port: 8000
            cors:
              origins: [https://app.example.org]
            keys:
              backend:
                secret: 6b1f6c0f3b9a4d1c8a7e5f2d9c0b3a81
                may: [publish]
                channels: ["orders.*"]
              operator:
                secret: d0c5b7e2f4a8495fb36a1e7c9d802f14
                may: [read, admin]
            tokens:
              hs256:
                key-1: 2f9d1c7ab84e40d6a5b3e8f07c61d92e
            channels:
              - {match: "orders.*", subscribe: token}
              - {match: "**", subscribe: open}
            limits:
              queueBytes: 2MiB
            ```

            ```sh
            fanfare config check --config fanfare.yaml   # everything that is wrong, or ok
            fanfare config show --config fanfare.yaml    # every value and where it came from; secrets masked
            ```

            `kill -HUP` of the server's process reads the file and the files of secrets anew. Nobody is disconnected. A file with a fault changes
            nothing and the log says why; otherwise the log says what changed, and what waits for the next start. Limits count for connections
            and sessions from then on.

            ## Settings

            | in the file | flag | variable | default | changes | what |
            |---|---|---|---|---|---|

            """
        for setting in Setting.all {
            let variables = setting.variables.map { "`\($0)`" }.joined(separator: ", ")
            let change = setting.change == .reload ? "on reload" : "at the start"
            text +=
                "| `\(setting.path)` | `--\(setting.flag)` | \(variables) | \(setting.standard) | \(change) | \(setting.explanation) |\n"
        }
        text += """

            ## Keys, tokens, rules

            Secrets have no flags, as a command line can be read by everybody on the machine.

            | in the file | variable | what |
            |---|---|---|
            | `keys.<name>.secret` | `FANFARE_PUBLISH_KEY`, or `FANFARE_PUBLISH_KEY_FILE` with the path of a file that holds it: one key named `default` that may do all | The key as clients send it: `Authorization: Bearer <key>` or `X-API-Key: <key>`. Below 16 bytes there is a warning. |
            | `keys.<name>.may` | – | A list of `publish`, `read` and `admin`. |
            | `keys.<name>.channels` | – | Patterns of channels to which it may publish; all if left out. |
            | `tokens.hs256.<kid>` | `FANFARE_TOKEN_SECRET` or `FANFARE_TOKEN_SECRET_FILE`, for any `kid` | A secret of at least 32 bytes that signs subscribers' tokens with HS256. |
            | `channels` | – | A list of rules `{match: <pattern>, subscribe: open}` or `token`. The first that matches counts; a channel that none matches is open. |

            In a pattern `*` is one or more bytes but a dot, `**` one or more bytes, and anything else itself: `a.**` does not match `a`.

            A `FANFARE_` variable that is none of these is refused, but for those that Kubernetes sets for a Service called fanfare
            (`FANFARE_SERVICE_…`, `FANFARE_PORT_…`, and a `FANFARE_PORT` that begins with `tcp://`): they are ignored.

            """
        return text
    }
}
