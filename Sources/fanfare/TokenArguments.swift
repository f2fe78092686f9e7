import FanfareServer

/// Where token keys come from on the command line and in the environment: the same for the server and for `fanfare token`.
enum TokenArguments {
    /// - Parameter jwks: the flag, which wins over its variable.
    static func settings(jwks: String?, _ environment: inout EnvironmentSettings) -> TokenSettings {
        var tokens = TokenSettings()
        tokens.anyKidSecret = environment.secret("FANFARE_TOKEN_SECRET")
        let environmentJWKS = environment.text("FANFARE_JWKS")
        tokens.jwksPath = jwks ?? environmentJWKS
        return tokens
    }
}
