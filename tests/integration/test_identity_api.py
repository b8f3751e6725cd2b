"""Accounts and signing in, over HTTP on a real database."""

import asyncio
import base64
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from services.identity.keys import KeyUnreadableError, load_or_make
from services.identity.service import SERVICE
from services.identity.signing import issue
from shared.http.tokens import TokenCheck
from shared.roles import Principal, Role
from tests.harness import City, Client, running_city
from tests.postgres import Postgres

API = "/identity/api/v1"
PASSWORD = "correct horse battery"
OPERATOR = {"role": "operator", "communities": None}


@pytest.fixture
async def house(postgres: Postgres, tmp_path: Path) -> AsyncIterator[City]:
    """Identity alone, with the key that the test has."""
    async with running_city(postgres.superuser_dsn, tmp_path, [SERVICE]) as running:
        running.system.services["identity"].extras["private_key"] = running.key
        yield running


@pytest.fixture
def admin(house: City) -> Client:
    """An administrator."""
    return house.client(Role.ADMIN)


async def opened(admin: Client, login: str = "li.na", grants: Any = (OPERATOR,)) -> dict[str, Any]:
    """An account with a password."""
    body = {"login": login, "name": "李娜", "grants": list(grants), "password": PASSWORD}
    return await admin.done(f"{API}/accounts", body)


async def signed_in(
    client: Client, login: str = "li.na", password: str = PASSWORD, **more: Any
) -> httpx.Response:
    """What signing in is answered with."""
    return await client.post(f"{API}/tokens", json={"login": login, "password": password, **more})


async def test_a_password_gives_a_token_that_the_house_takes(house: City, admin: Client) -> None:
    """At most five minutes, with role and communities; any case of the login will do."""
    account = await opened(admin)
    answer = (await signed_in(admin, "LI.na")).json()
    principal = house.system.tokens.principal(answer["access_token"])
    assert (principal.sub, principal.role, principal.communities) == (account["id"], Role.OPERATOR, None)
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] <= 300
    assert "dev" not in claims


async def test_a_wrong_password_and_an_unknown_login_are_told_alike(admin: Client) -> None:
    """Nobody learns which logins there are; 401 says what to do."""
    await opened(admin)
    wrong = await signed_in(admin, password="something else")
    unknown = await signed_in(admin, "nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert (await signed_in(admin, "没有\x00此人")).status_code == 401


async def test_failures_never_lock_out(admin: Client) -> None:
    """After a few wrong passwords the right one still opens."""
    await opened(admin)
    for _ in range(4):
        await signed_in(admin, password="something else")
    assert (await signed_in(admin)).status_code == 200


async def test_with_several_roles_one_is_chosen(house: City, admin: Client) -> None:
    """Without a choice the answer names them."""
    await opened(admin, grants=[OPERATOR, {"role": "auditor", "communities": None}])
    unsaid = await signed_in(admin)
    assert unsaid.status_code == 422
    assert "operator, auditor" in unsaid.json()["detail"]
    assert (await signed_in(admin, role="payer")).status_code == 422
    token = (await signed_in(admin, role="auditor")).json()["access_token"]
    assert house.system.tokens.principal(token).role is Role.AUDITOR


async def test_a_refresh_token_is_used_once(admin: Client) -> None:
    """The next one works; the old one again ends the whole sign-in."""
    await opened(admin)
    first = (await signed_in(admin)).json()["refresh_token"]
    second = (await admin.post(f"{API}/tokens/refresh", json={"refresh_token": first})).json()[
        "refresh_token"
    ]
    again = await admin.post(f"{API}/tokens/refresh", json={"refresh_token": first})
    assert again.status_code == 401
    assert (await admin.post(f"{API}/tokens/refresh", json={"refresh_token": second})).status_code == 401


async def test_a_refresh_token_is_kept_hashed(house: City, admin: Client) -> None:
    """Whoever reads the database can't sign in."""
    await opened(admin)
    token = (await signed_in(admin)).json()["refresh_token"]
    rows = await house.store("identity").pool.fetch("SELECT hash FROM sessions.tokens")
    assert len(rows) == 1
    assert token.encode() not in rows[0]["hash"]
    assert base64.urlsafe_b64decode(token + "=") not in rows[0]["hash"]


@pytest.mark.parametrize("what", ["revoke", "password", "everywhere", "disable", "grants"])
async def test_what_ends_a_session(admin: Client, what: str) -> None:
    """Signing out, a new password, signing out everywhere, being disabled, losing the role."""
    account = (await opened(admin))["id"]
    token = (await signed_in(admin)).json()["refresh_token"]
    if what == "revoke":
        assert (await admin.post(f"{API}/tokens/revoke", json={"refresh_token": token})).status_code == 204
    else:
        path, body = {
            "password": ("set-password", {"password": "another long one"}),
            "everywhere": ("sign-out-everywhere", {}),
            "disable": ("disable", {"reason": "left the office"}),
            "grants": ("change-grants", {"grants": [{"role": "auditor", "communities": None}]}),
        }[what]
        await admin.done(f"{API}/accounts/{account}/{path}", body)
    answer = await admin.post(f"{API}/tokens/refresh", json={"refresh_token": token})
    assert answer.status_code == 401


async def test_a_disabled_account_cannot_sign_in_until_enabled(admin: Client) -> None:
    """And is told no more than with a wrong password."""
    account = (await opened(admin))["id"]
    await admin.done(f"{API}/accounts/{account}/disable", {"reason": "left the office"})
    assert (await signed_in(admin)).status_code == 401
    await admin.done(f"{API}/accounts/{account}/enable")
    assert (await signed_in(admin)).status_code == 200


async def test_ones_own_password(house: City, admin: Client) -> None:
    """Changed with the old one only."""
    account = (await opened(admin))["id"]
    own = house.client(Role.OPERATOR, sub=account)
    path = f"{API}/accounts/me/change-own-password"
    wrong = await own.command(path, {"old": "not this one", "new": "a brand new one"})
    assert wrong.status_code == 403
    await own.done(path, {"old": PASSWORD, "new": "a brand new one"})
    assert (await signed_in(admin)).status_code == 401
    assert (await signed_in(admin, password="a brand new one")).status_code == 200


async def test_a_login_is_taken_once(admin: Client) -> None:
    """Even by two who come at the same time, in any case."""
    body = {"login": "li.na", "name": "李娜", "grants": [OPERATOR]}
    other = {**body, "login": "Li.Na", "name": "另一人"}
    path = f"{API}/accounts"
    answers = await asyncio.gather(admin.command(path, body), admin.command(path, other))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_what_cannot_be_text_is_refused(admin: Client) -> None:
    """Half a character is no password: 422, never 500."""
    answer = await admin.post(
        f"{API}/tokens",
        content=b'{"login": "li", "password": "\\ud800 and more"}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422


async def test_accounts_are_for_administrators(house: City, admin: Client) -> None:
    """Listed by login, without a hash; others may not."""
    await opened(admin, "li.na")
    last = await opened(admin, "chen")
    found = await admin.read(f"{API}/accounts", after=last["position"])
    assert [one["login"] for one in found["items"]] == ["chen", "li.na"]
    assert found["items"][0]["password"] is True
    assert "argon2" not in str(found)
    other = await house.client(Role.OPERATOR).get(f"{API}/accounts")
    assert other.status_code == 403


async def test_nobody_signs_others_out(house: City, admin: Client) -> None:
    """Only an administrator does."""
    account = (await opened(admin))["id"]
    other = house.client(Role.OPERATOR)
    assert (await other.command(f"{API}/accounts/{account}/sign-out-everywhere")).status_code == 404


async def test_no_password_is_in_the_store(house: City, admin: Client) -> None:
    """Neither it nor its hash in plain."""
    await opened(admin)
    rows = await house.store("identity").pool.fetch("SELECT data FROM store.events")
    assert rows
    assert not any(b"argon2" in row["data"] or PASSWORD.encode() in row["data"] for row in rows)


async def test_the_public_key_is_told_to_all(admin: Client) -> None:
    """It checks what identity signs."""
    await opened(admin)
    key = (await admin.get(f"{API}/keys", headers={"Authorization": ""})).json()["keys"][0]
    token = (await signed_in(admin)).json()["access_token"]
    claims = jwt.decode(token, jwt.PyJWK(key).key, algorithms=["EdDSA"], audience="jiujin")
    assert claims["role"] == "operator"
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]


def test_the_private_key_is_for_the_owner_only(tmp_path: Path) -> None:
    """Made once, mode 0600; something else in its place is told."""
    path = tmp_path / "secrets" / "identity.key"
    first = load_or_make(path).public_key()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_make(path).public_key() == first
    path.write_text("nonsense")
    with pytest.raises(KeyUnreadableError):
        load_or_make(path)


def test_a_development_token_is_for_a_demo_only(tmp_path: Path) -> None:
    """It lasts longer, and a bureau's own data refuse it; an ordinary one is cut to five minutes."""
    key = load_or_make(tmp_path / "identity.key")
    who = Principal("somebody", Role.ADMIN, None)
    token = issue(key, who, 3600, dev=True)
    assert TokenCheck(key.public_key(), demo=True).principal(token) == who
    with pytest.raises(jwt.InvalidTokenError):
        TokenCheck(key.public_key(), demo=False).principal(token)
    assert TokenCheck(key.public_key(), demo=False).principal(issue(key, who, 3600)) == who
