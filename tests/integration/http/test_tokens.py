"""Only a right token is taken."""

from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.clock import wall_now
from shared.http.tokens import ALGORITHM, AUDIENCE, ISSUER, TokenCheck
from tests.harness import City, Client
from tests.integration.http.asking import OPEN, problem


def signed(key: Any, *, algorithm: str = ALGORITHM, without: str = "", **changes: Any) -> str:
    """A token like identity's, but for the changes."""
    now = int(wall_now().timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 300,
        "jti": "1",
        "sub": "somebody",
        "role": "operator",
        "communities": "*",
        **changes,
    }
    claims.pop(without, None)
    return jwt.encode(claims, key, algorithm=algorithm)


NOW = int(wall_now().timestamp())


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 60, "iat": NOW - 120},
        {"aud": "another"},
        {"iss": "another"},
        {"exp": NOW + 3600},
        {"iat": NOW + 3600, "exp": NOW + 3700},
        {"iat": "yesterday"},
        {"role": "emperor"},
        {"role": ["operator"]},
        {"communities": ["x"]},
        {"communities": 5},
        {"cadre": "x"},
        {"sub": 5},
        *({"without": name} for name in ("exp", "iat", "sub", "jti", "aud", "iss", "role")),
    ],
    ids=" ".join,
)
async def test_a_token_that_is_not_right_is_refused(town: City, operator: Client, changes: Any) -> None:
    """401, with the way named, whatever is wrong with it."""
    token = signed(town.key, **changes)
    answer = await operator.command(
        OPEN, {"cadre": str(uuid4()), "label": "a"}, Authorization=f"Bearer {token}"
    )
    await problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_forged_token_is_refused(operator: Client) -> None:
    """Another's key, no signature, a symmetric one."""
    forged = [
        signed(Ed25519PrivateKey.generate()),
        signed(None, algorithm="none"),
        signed("x" * 64, algorithm="HS256"),
    ]
    for token in forged:
        answer = await operator.command(OPEN, {}, Authorization=f"Bearer {token}")
        await problem(answer, 401)


def test_a_development_token_is_for_demos_only() -> None:
    """It may last longer, on a demo; on a bureau's own data it is nothing."""
    key = Ed25519PrivateKey.generate()
    token = signed(key, dev=True, exp=NOW + 86400)
    assert TokenCheck(key.public_key(), demo=True).principal(token).sub == "somebody"
    with pytest.raises(jwt.InvalidTokenError, match="development"):
        TokenCheck(key.public_key(), demo=False).principal(token)
