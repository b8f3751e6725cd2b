"""Somebody who is signed in at pages, for as long as a measure takes: a page's own token lasts minutes."""

import secrets
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.clock import wall_now
from shared.http.tokens import ALGORITHM, AUDIENCE, ISSUER
from shared.roles import Role

HOURS = 6


def cookie(key: Ed25519PrivateKey, account: UUID, role: Role, **bound: Any) -> str:
    """The access cookie of an account over the whole city, or over its own things as `bound` says."""
    now = int(wall_now().timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + HOURS * 3600,
        "jti": secrets.token_hex(8),
        "sub": str(account),
        "role": role.value,
        "communities": "*",
        "dev": True,
        "version": 1,
        "form": "mark",
        **bound,
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM)
