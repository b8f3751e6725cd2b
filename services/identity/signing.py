"""Signs access tokens: JWT, Ed25519, with the claims that `shared.http.tokens` checks."""

import hashlib
import secrets
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.clock import wall_now
from shared.http.tokens import ALGORITHM, AUDIENCE, ISSUER, MAX_SECONDS
from shared.roles import Principal


def issue(
    private_key: Ed25519PrivateKey,
    principal: Principal,
    seconds: int = MAX_SECONDS,
    *,
    dev: bool = False,
    version: int | None = None,
    form: str = "",
) -> str:
    """A token of `principal` for so many seconds of wall time.

    `dev` marks it: only a demo's data take it, and it may last longer than MAX_SECONDS, which others are
    cut down to. `version` and `form` are for a browser's; see `shared.http.tokens.Checked`.
    """
    now = int(wall_now().timestamp())
    scope = principal.communities
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + (seconds if dev else min(seconds, MAX_SECONDS)),
        "jti": secrets.token_hex(8),
        "sub": principal.sub,
        "role": principal.role.value,
        "communities": "*" if scope is None else sorted(str(one) for one in scope),
    }
    optional = {"cadre": principal.cadre, "helper": principal.helper, "unit": principal.unit}
    claims |= {name: str(value) for name, value in optional.items() if value}
    if dev:
        claims["dev"] = True
    if version is not None:
        claims |= {"version": version, "form": form}
    key_id = public_jwk(private_key.public_key())["kid"]
    return jwt.encode(claims, private_key, algorithm=ALGORITHM, headers={"kid": key_id})


def public_jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """The public key as a JSON Web Key (RFC 8037); its `kid` is the thumbprint of RFC 7638."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    body = {"crv": "Ed25519", "kty": "OKP", "x": _base64(raw)}
    thumbprint = _base64(hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).digest())
    return {**body, "kid": thumbprint, "use": "sig", "alg": ALGORITHM}


def _base64(value: bytes) -> str:
    return jwt.utils.base64url_encode(value).decode()
