"""Subscribers' tokens: made here with HMAC; those of the other algorithms were signed once with openssl."""

import base64
import hashlib
import hmac
import json
import time

#: An HS256 secret.
SECRET = "the-secret-of-the-tests-0123456789"

#: Signed by the keys of JWKS; the claims of each are {"sub":"alice","exp":9999999999,"channels":["secret.*"]}.
RS256 = (
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6OTk5OTk5OTk5OSwiY2hhbm5lbHMiOlsic2VjcmV0"
    "LioiXX0.RrcX2wt6lHyUJ0yoK-72BJ1Fev-9qpXCTmbrJXVaoj_yRsS_K1N4jced-5l8tSwjI1Gyg6zn9o2UkeNe7lrAj7WG6cD-wd632WRaLNs2f-eFwa9G"
    "PlT-Yh8wnEaz0kIanyQFS6ionsoEkx83EiVP-hXDUhBGhBwiDsyZNodurMT3Mym9mddicenJ-Cd5jgo2Z3wHX67lmqSUMBwaGAk6PSjWuxB0eiZQfiazXabX"
    "hFsOi9gRWptrSgL3tbuyccnMcuzi6JhXa8CoLAqkBi4MDzJGt4kcnp8cV2PGcYIX2yrYdBMqzOVoRtx5R8Kt3ne4GDCDdG3csWpwoFcI1yoOrg"
)
ES256 = (
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImVzIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6OTk5OTk5OTk5OSwiY2hhbm5lbHMiOlsic2VjcmV0"
    "LioiXX0.30aQjCCPFHd1JzI4rrouyYgqTp8JHylnza7raNZVqs5B7vLvfY_S0o5yg9AWJEpOaK1w5x5MUpakLaFyLWLL8Q"
)
EDDSA = (
    "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImVkIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6OTk5OTk5OTk5OSwiY2hhbm5lbHMiOlsic2VjcmV0"
    "LioiXX0.TdPgSeO06o140Krg7DTQ-WK1SkBeTYL07P1R_Df9zU-7jcvH2unu9Hj4zPIqfOaWbJDSNLWsOXoWqghXeRuyCA"
)

RSA_MODULUS = (
    "wZYaBL5UQ6x-LcpAuYdbBwo14tihVC8T50D1JPteMrjG8RsPWKCETQ9kkEf8v4FEIt_1uxrgg4ut1uIHyrIlAoF8mGK9GCDHbCvZN3xqV6ZctQwZp83TK0xk"
    "Xw94zW-UgwZ6URJzlZ0PbCoB-AGUhn7ZEnPeFRCor6EhrcApbEzje4xeXQvXdKxC9a93HmFVNHLeNqpkbrRn7HQVD7wywTCO63mXts1uCp_JjGLieL4wp-jm"
    "Rwy775oMkxiil4MgdyHQUX7WYrgGMCjYXyR_MD218HGs8IGiLYDZ_OXiIcO1qldufMjt3p1JiC4ofB5dS6cWS_jhCQ4MA9L8cyTQiQ"
)
JWKS = {
    "keys": [
        {"kty": "RSA", "kid": "rs", "n": RSA_MODULUS, "e": "AQAB", "alg": "RS256", "use": "sig"},
        {
            "kty": "EC",
            "kid": "es",
            "crv": "P-256",
            "x": "qLIXJoxkUpR--d1WyLttMT-M03_jyL-ul1ldljMjgoU",
            "y": "Uliw_pwNkllRfG1ijOuFMPjU6SEDi6DS2ivfwdmo3SY",
        },
        {"kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": "v5vrXEQAyZ6pmi4_hoBAwxvQssTiaHdt9nRErxbMmOo", "alg": "EdDSA"},
        {"kty": "RSA", "kid": "enc", "use": "enc", "n": RSA_MODULUS, "e": "AQAB"},
    ]
}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(header, claims, secret=SECRET):
    """A token with these texts, signed with HS256 whatever the header says."""
    head = ".".join(base64url(part.encode() if isinstance(part, str) else json.dumps(part).encode()) for part in (header, claims))
    return f"{head}.{base64url(hmac.digest(secret.encode(), head.encode(), hashlib.sha256))}"


def token(*channels, sub="alice", seconds=3600, kid=None, secret=SECRET, **claims):
    """A good token unless the arguments make it a bad one."""
    header = {"alg": "HS256", "typ": "JWT", **({"kid": kid} if kid else {})}
    return sign(header, {"sub": sub, "exp": time.time() + seconds, "channels": list(channels), **claims}, secret)


def rules(folder, *patterns):
    """Arguments for a server on which these patterns want a token."""
    path = folder / "fanfare.yaml"
    path.write_text("channels:\n" + "".join(f'  - {{match: "{pattern}", subscribe: token}}\n' for pattern in patterns))
    return ("--config", str(path))
