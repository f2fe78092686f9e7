/// Tokens that were signed with openssl, and the public halves of their keys as a key set. The claims of each are
/// `{"sub":"alice","exp":9999999999,"channels":["secret.*"]}`.
enum SignedTokens {
    /// By the key `rs`.
    static let rs256 =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6OTk5OTk5OTk5OSwiY2hhbm5lbHMiOlsic2Vjcm"
        + "V0LioiXX0.RrcX2wt6lHyUJ0yoK-72BJ1Fev-9qpXCTmbrJXVaoj_yRsS_K1N4jced-5l8tSwjI1Gyg6zn9o2UkeNe7lrAj7WG6cD-wd632WRaLNs2f-eF"
        + "wa9GPlT-Yh8wnEaz0kIanyQFS6ionsoEkx83EiVP-hXDUhBGhBwiDsyZNodurMT3Mym9mddicenJ-Cd5jgo2Z3wHX67lmqSUMBwaGAk6PSjWuxB0eiZQfi"
        + "azXabXhFsOi9gRWptrSgL3tbuyccnMcuzi6JhXa8CoLAqkBi4MDzJGt4kcnp8cV2PGcYIX2yrYdBMqzOVoRtx5R8Kt3ne4GDCDdG3csWpwoFcI1yoOrg"

    /// By the key `es`.
    static let es256 =
        "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImVzIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6OTk5OTk5OTk5OSwiY2hhbm5lbHMiOlsic2Vjcm"
        + "V0LioiXX0.30aQjCCPFHd1JzI4rrouyYgqTp8JHylnza7raNZVqs5B7vLvfY_S0o5yg9AWJEpOaK1w5x5MUpakLaFyLWLL8Q"

    /// By the key `ed`.
    static let edDSA =
        "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImVkIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6OTk5OTk5OTk5OSwiY2hhbm5lbHMiOlsic2Vjcm"
        + "V0LioiXX0.TdPgSeO06o140Krg7DTQ-WK1SkBeTYL07P1R_Df9zU-7jcvH2unu9Hj4zPIqfOaWbJDSNLWsOXoWqghXeRuyCA"

    /// Of the RSA key, 2,048 bits.
    static let modulus =
        "wZYaBL5UQ6x-LcpAuYdbBwo14tihVC8T50D1JPteMrjG8RsPWKCETQ9kkEf8v4FEIt_1uxrgg4ut1uIHyrIlAoF8mGK9GCDHbCvZN3xqV6ZctQwZp83TK0"
        + "xkXw94zW-UgwZ6URJzlZ0PbCoB-AGUhn7ZEnPeFRCor6EhrcApbEzje4xeXQvXdKxC9a93HmFVNHLeNqpkbrRn7HQVD7wywTCO63mXts1uCp_JjGLieL4w"
        + "p-jmRwy775oMkxiil4MgdyHQUX7WYrgGMCjYXyR_MD218HGs8IGiLYDZ_OXiIcO1qldufMjt3p1JiC4ofB5dS6cWS_jhCQ4MA9L8cyTQiQ"

    /// Of another RSA key, 1,024 bits.
    static let weakModulus =
        "v9D81skxy1bVZ9by2EsdtQOD46ZQwQ16-H5spzNwQTGk2is2UnhwndllkHNcSL4ZEKp_haGmQdy1z0Z-U6Z21GuHrtYcLgFkUwVDOREy7QDsxMOn_Sq6H5"
        + "UzZ20i0t3gheyhb0sCZL7N_MDatu3y9T4y3bt0lIJuDVcsiBZL8NE"

    static let rsaKey = #"{"kty":"RSA","kid":"rs","n":"\#(modulus)","e":"AQAB","alg":"RS256","use":"sig"}"#
    static let ecX = "qLIXJoxkUpR--d1WyLttMT-M03_jyL-ul1ldljMjgoU"
    static let ecY = "Uliw_pwNkllRfG1ijOuFMPjU6SEDi6DS2ivfwdmo3SY"
    static let ecKey = #"{"kty":"EC","kid":"es","crv":"P-256","x":"\#(ecX)","y":"\#(ecY)"}"#
    static let edX = "v5vrXEQAyZ6pmi4_hoBAwxvQssTiaHdt9nRErxbMmOo"
    static let edKey = #"{"kty":"OKP","kid":"ed","crv":"Ed25519","x":"\#(edX)","alg":"EdDSA"}"#

    /// An HS256 secret of 32 bytes, and the same as a key.
    static let secret = "0123456789abcdef0123456789abcdef"
    static let octKey = #"{"kty":"oct","kid":"hs","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY","alg":"HS256"}"#

    static func set(_ keys: String...) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }
}
