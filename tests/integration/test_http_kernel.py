"""HTTP as every service has it: bad input never gives a 500, an error says what to do in two languages."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import asyncpg
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.postgres import EmbeddedPostgres
from shared import access
from shared.clock import wall_now
from shared.http.app import MAX_BODY
from shared.http.tokens import ALGORITHM, AUDIENCE, ISSUER, TokenCheck
from shared.roles import Role
from tests import toy
from tests.harness import City, Client, running_city

OPEN = "/counting/api/v1/counters"


@pytest.fixture(scope="module")
async def town(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """The toy services, shared by the tests of this module."""
    with pytest.MonkeyPatch.context() as patch:
        for action, roles in toy.TABLE.items():
            patch.setitem(cast("dict[str, Any]", access.TABLE), action, roles)
        folder: Path = tmp_path_factory.mktemp("files")
        async with running_city(postgres.superuser_dsn, folder, [toy.COUNTING, toy.HEARING]) as running:
            yield running


@pytest.fixture
def operator(town: City) -> Client:
    """Who may open and count."""
    return town.client(Role.OPERATOR)


async def opened(operator: Client) -> str:
    """The id of a new counter."""
    return str((await operator.done(OPEN, {"cadre": str(uuid4()), "label": "计数"}))["id"])


def counting(counter: object) -> str:
    """Where to count."""
    return f"{OPEN}/{counter}/count"


async def problem(answer: Any, status: int, language: str = "en") -> dict[str, Any]:
    """The body of an answer that must be a problem."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"].startswith(language)
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["type"].startswith("urn:jiujin:problem:")
    return body


# What each refusal looks like


async def refusals(town: City, language: str) -> dict[int, Any]:
    """One answer of each kind."""
    operator = town.client(Role.OPERATOR)
    operator.headers["Accept-Language"] = language
    counter = await opened(operator)
    path = counting(counter)
    for _ in range(toy.LIMIT // 1000):
        work_done = await operator.command(path, {"by": 1000})
        assert work_done.is_success
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    other = {"Accept-Language": language}
    auditor = town.client(Role.AUDITOR)
    return {
        400: await operator.post(path, content=b'{"by":', headers=headers),
        401: await operator.command(path, {"by": 1}, Authorization="Bearer nonsense"),
        403: await auditor.command(path, {"by": 1}, **other),
        404: await operator.command(counting(uuid4()), {"by": 1}),
        405: await operator.delete(path),
        409: await operator.command(path, {"by": 1}),
        412: await operator.command(path, {"by": 1}, If_Match='"1"'),
        413: await operator.post(path, content=b" " * (MAX_BODY + 1), headers=headers),
        422: await operator.command(path, {"by": 0}),
        428: await operator.post(path, json={"by": 1}),
    }


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_refusal_is_a_problem_in_the_callers_language(
    town: City, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9457: status, title, what to do; Chinese texts are Chinese, English ones are not."""
    monkeypatch.setattr(toy, "LIMIT", 1000)
    for status, answer in (await refusals(town, language)).items():
        body = await problem(answer, status, language)
        chinese = any("\u4e00" <= char <= "\u9fff" for char in body["title"] + body["detail"])
        assert chinese == (language == "zh"), body


async def test_a_field_at_fault_is_named(operator: Client) -> None:
    """With the rule that it breaks."""
    body = await problem(await operator.command(OPEN, {"cadre": "x", "label": "a"}), 422)
    assert [(one["field"], one["rule"]) for one in body["errors"]] == [("cadre", "uuid_parsing")]


# Input of every bad kind


BODIES = {
    "malformed": b"{",
    "empty": b"",
    "not an object": b"[1,2]",
    "not UTF-8": b'{"by": "\xff\xfe"}',
    "null": b"null",
    "lone surrogate in a value": b'{"cadre":"00000000-0000-7000-8000-000000000001","label":"\\ud800"}',
    "lone surrogate in a name": b'{"\\udfff": 1}',
    "NUL in a value": b'{"cadre":"00000000-0000-7000-8000-000000000001","label":"a\\u0000b"}',
    "NUL in a name": b'{"\\u0000": 1}',
    "giant integer": b'{"by": ' + b"9" * 5000 + b"}",
    "large integer": b'{"by": 99999999999999999999999}',
    "float": b'{"by": 1.5}',
    "infinity": b'{"by": 1e999}',
    "not a number": b'{"by": NaN}',
    "wrong type": b'{"by": {"by": 1}}',
    "boolean": b'{"by": "yes"}',
    "unknown field": b'{"by": 1, "' + b"x" * 10_000 + b'": 1}',
    "many unknown fields": json.dumps({f"f{number}": 1 for number in range(10_000)}).encode(),
    "long text": json.dumps({"cadre": str(UUID(int=1)), "label": "字" * 10_000}).encode(),
    "deep": b"[" * 100_000,
    "time without zone": b'{"by": 1, "happened": "2026-06-01T00:00:00"}',
    "time in the future": b'{"by": 1, "happened": "2999-06-01T00:00:00Z"}',
    "time too early": b'{"by": 1, "happened": "0001-01-01T00:00:00+14:00"}',
    "last moment there is": b'{"by": 1, "happened": "9999-12-31T23:59:59-14:00"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_bad_bodies_are_told_what_is_wrong(operator: Client, body: bytes) -> None:
    """400 or 422, nothing written, a short answer."""
    counter = await opened(operator)
    for path in (OPEN, counting(counter)):
        answer = await operator.post(
            path,
            content=body,
            headers={"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"},
        )
        await problem(answer, 400 if answer.status_code == 400 else 422)
        assert len(answer.content) < 20_000
    assert (await operator.done(counting(counter), {"by": 1}))["version"] == 2


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=x"],
)
async def test_another_kind_of_content_is_not_a_500(operator: Client, kind: str) -> None:
    """It is read as JSON, or refused."""
    answer = await operator.post(
        OPEN, content=b"<a/>", headers={"Idempotency-Key": str(uuid4()), "Content-Type": kind}
    )
    assert answer.status_code in (400, 415, 422)


async def test_a_large_body_of_unknown_length_is_refused(operator: Client) -> None:
    """Counted as it comes in."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 65536 + 2):
            yield b" " * 65536

    await problem(await operator.post(OPEN, content=pieces(), headers={"Idempotency-Key": str(uuid4())}), 413)


@pytest.mark.parametrize(
    "headers",
    [
        {"Idempotency-Key": "short"},
        {"Idempotency-Key": "k" * 201},
        {"Idempotency-Key": "with space in it"},
        {"Idempotency-Key": "schlüssel-lang".encode("latin-1")},
        {"If-Match": "abc"},
        {"If-Match": '"' + "9" * 5000 + '"'},
        {"If-Match": '"١"'.encode()},
        {"If-Match": '"-1"'},
        {"If-Match": '"1", "2"'},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer é".encode("latin-1")},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer " + "a." * 5000},
        {"Content-Length": "9" * 5000},
        {"Content-Length": "x"},
    ],
    ids=str,
)
async def test_bad_headers_are_told_what_is_wrong(operator: Client, headers: dict[str, Any]) -> None:
    """Never a 500."""
    path = counting(await opened(operator))
    answer = await operator.post(
        path, content=b'{"by":1}', headers={"Idempotency-Key": str(uuid4()), **headers}
    )
    assert answer.status_code in (401, 413, 422, 428), answer.text
    await problem(answer, answer.status_code)


@pytest.mark.parametrize(
    "headers", [{"Accept-Language": ";;;q=x,\t,"}, {"traceparent": "\x7f" * 500}], ids=str
)
async def test_odd_headers_that_do_not_matter_are_ignored(operator: Client, headers: dict[str, str]) -> None:
    """The command goes through."""
    answer = await operator.post(
        counting(await opened(operator)), json={"by": 1}, headers={"Idempotency-Key": str(uuid4()), **headers}
    )
    assert answer.status_code == 200


PATHS = [
    counting("not-an-id"),
    counting("%00"),
    counting("%ED%A0%80"),
    counting("a" * 10_000),
    "/counting/api/v1/counters/../../../etc/passwd",
    "/counting/%00",
    "/%FF%FE",
    "//counting//api",
    "/counting/api/v1/parked/" + "9" * 5000 + "/retry",
    "/counting/api/v1/parked/99999999999999999999/retry",
    "/counting/api/v1/parked/-1/retry",
    "/counting/api/v1/parked/0/skip",
    "/counting/api/v1/views/%00/rebuild",
    "/counting/api/v1/views/nothing/rebuild",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
async def test_bad_paths_are_not_found(town: City, path: str, role: Role) -> None:
    """4xx, as a problem."""
    answer = await town.client(role).command(path, {"by": 1})
    assert 400 <= answer.status_code < 500
    await problem(answer, answer.status_code)


QUERIES = [
    {"cursor": "x"},
    {"cursor": "WyIxIiwiMSIsIjEiXQ" * 30},
    {"cursor": "WyI5OTk5OTk5OTk5OSIsIjEiLCIxIl0"},  # ["99999999999","1","1"]: more than an epoch may be
    {"cursor": "WyIxIiwiOTk5OTk5OTk5OTk5OTk5OTk5OTkiLCIxIl0"},  # more than a transaction id
    {"cursor": "W10"},
    {"cursor": "e30"},
    {"cursor": "WyJcdTAwMDAiLCIxIiwiMSJd"},  # a NUL
    {"limit": "0"},
    {"limit": "9" * 5000},
    {"limit": "x"},
    {"stream": "x' OR 1=1"},
    {"stream": "counter-00000000-0000-7000-8000-000000000001", "cursor": "WyI5OTk5OTk5OTk5OTkiXQ"},
    {"after": "a" * 300},
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
async def test_bad_queries_are_told_what_is_wrong(town: City, query: dict[str, str]) -> None:
    """422, as a problem."""
    answer = await town.client(Role.ADMIN).get("/counting/api/v1/events", params=query)
    await problem(answer, 422)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["cadre", "label", "happened", "by"]) | st.text(), inner, max_size=4
            )
        ),
        max_leaves=8,
    ),
    key=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=20),
)
async def test_whatever_json_comes_it_is_never_a_500(operator: Client, body: Any, key: str) -> None:
    """Any JSON at all, surrogates and NaN among it."""
    content = json.dumps(body).encode()
    answer = await operator.post(
        OPEN, content=content, headers={"Idempotency-Key": key, "Content-Type": "application/json"}
    )
    assert answer.status_code in (201, 400, 422)


# Repeated, stale and foreign


async def test_a_repeated_command_is_answered_the_same(operator: Client) -> None:
    """At once or later, one after the other or ten at a time: one effect, one answer."""
    counter = await opened(operator)
    answers = await asyncio.gather(
        *(operator.command(counting(counter), {"by": 1}, key="the-same-key") for _ in range(10))
    )
    await operator.done(counting(counter), {"by": 1})
    answers.append(await operator.command(counting(counter), {"by": 1}, key="the-same-key"))
    assert {(one.status_code, one.text, one.headers["etag"]) for one in answers} == {
        (200, answers[0].text, '"2"')
    }
    assert (await operator.done(counting(counter), {"by": 1}))["version"] == 4


async def test_a_repeated_creation_names_the_same(town: City, operator: Client) -> None:
    """Ten at a time create one counter, though the clock goes on between them."""
    body = {"cadre": str(uuid4()), "label": "计数"}
    answers = await asyncio.gather(*(operator.command(OPEN, body, key="creating-one") for _ in range(10)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == 1
    streams = [event for event in await town.events("counting") if isinstance(event, toy.Opened)]
    assert sum(event.cadre == UUID(body["cadre"]) for event in streams) == 1


async def test_repeated_with_if_match_it_is_answered_not_stale(operator: Client) -> None:
    """The version has moved on by the command's own first run."""
    counter = await opened(operator)
    answers = await asyncio.gather(
        *(
            operator.command(counting(counter), {"by": 1}, key="matching-key", If_Match='"1"')
            for _ in range(5)
        )
    )
    assert {one.status_code for one in answers} == {200}
    assert len({one.text for one in answers}) == 1


async def test_of_two_with_the_same_if_match_one_is_stale(operator: Client) -> None:
    """Different commands on one version: the second is told, with both versions."""
    counter = await opened(operator)
    answers = await asyncio.gather(
        *(operator.command(counting(counter), {"by": 1}, If_Match='"1"') for _ in range(4))
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]
    stale = next(one for one in answers if one.status_code == 412)
    assert "version 1" in stale.json()["detail"]


async def test_another_body_under_the_same_key_is_refused(operator: Client) -> None:
    """Or another counter, or another command."""
    counter, other = await opened(operator), await opened(operator)
    await operator.done(counting(counter), {"by": 1}, key="used-before")
    for path, body in (
        (counting(counter), {"by": 2}),
        (counting(other), {"by": 1}),
        (OPEN, {"cadre": str(uuid4()), "label": "a"}),
    ):
        found = await problem(await operator.command(path, body, key="used-before"), 422)
        assert found["type"].endswith("KeyReused")


async def test_keys_of_two_people_do_not_meet(town: City, operator: Client) -> None:
    """Each actor has their own."""
    counter = await opened(operator)
    for client in (operator, town.client(Role.OPERATOR)):
        await client.done(counting(counter), {"by": 1}, key="in-common")
    assert (await operator.done(counting(counter), {"by": 1}))["version"] == 4


async def test_a_refused_command_may_be_sent_again(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the same key, once the reason is gone."""
    counter = await opened(operator)
    monkeypatch.setattr(toy, "LIMIT", 0)
    await problem(await operator.command(counting(counter), {"by": 1}, key="tried-again"), 409)
    monkeypatch.setattr(toy, "LIMIT", 10)
    assert (await operator.done(counting(counter), {"by": 1}, key="tried-again"))["version"] == 2


async def test_many_at_once_on_one_counter_all_go_through(operator: Client) -> None:
    """Conflicts are decided again at once."""
    counter = await opened(operator)
    answers = await asyncio.gather(*(operator.command(counting(counter), {"by": 1}) for _ in range(15)))
    assert {one.status_code for one in answers} == {200}
    assert sorted(one.json()["version"] for one in answers) == list(range(2, 17))


async def test_an_id_of_another_service_is_unknown_here(town: City, operator: Client) -> None:
    """An ear's stream is no counter."""
    await problem(await operator.command(counting(uuid4()), {"by": 1}), 404)
    answer = await town.client(Role.ADMIN).get("/counting/api/v1/events", params={"stream": f"ear-{uuid4()}"})
    assert answer.json() == {"items": [], "next": ""}


async def test_when_it_happened_is_kept_whatever_its_offset(town: City, operator: Client) -> None:
    """Nine in Shanghai is one in UTC."""
    counter = await opened(operator)
    await operator.done(counting(counter), {"by": 1, "happened": "2026-05-01T09:00:00+08:00"})
    shown = await town.client(Role.ADMIN).read("/counting/api/v1/events", stream=f"counter-{counter}")
    assert shown["items"][1]["time"] == "2026-05-01T01:00:00.000000+00:00"


async def test_a_reader_sees_what_it_wrote(town: City, operator: Client) -> None:
    """`after` waits until the views have it."""
    counter = await opened(operator)
    done = await operator.done(counting(counter), {"by": 3})
    await town.client(Role.ADMIN).read("/counting/api/v1/views", after=done["position"])
    total = await town.store("counting").pool.fetchval(
        "SELECT total FROM totals WHERE counter = $1", UUID(counter)
    )
    assert total == 3


# Tokens


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
    ids=str,
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


# The database goes away


async def test_cut_connections_are_made_anew(
    town: City, operator: Client, postgres: EmbeddedPostgres
) -> None:
    """Every backend is ended at once: commands are answered or told to come back; all goes on by itself."""
    counter = await opened(operator)
    admin = await asyncpg.connect(postgres.superuser_dsn)
    try:
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    finally:
        await admin.close()
    await until_done(operator, counter)
    await town.settle()
    assert (await town.client(Role.ADMIN).read("/hearing/api/v1/parked")) == []


async def until_done(operator: Client, counter: str) -> list[int]:
    """Repeat one command, as a client does, until it is answered; gives the answers' statuses."""
    statuses = []
    async with asyncio.timeout(30):
        while True:
            answer = await operator.command(counting(counter), {"by": 1}, key=f"again-{counter}")
            statuses.append(answer.status_code)
            if answer.is_success:
                return statuses
            await problem(answer, 503)
            assert int(answer.headers["retry-after"]) > 0
            await asyncio.sleep(0.01)


async def test_while_the_database_is_away_it_says_so_and_recovers(
    town: City, operator: Client, postgres: EmbeddedPostgres
) -> None:
    """503 with Retry-After while PostgreSQL restarts; then the same command goes through, once."""
    counter = await opened(operator)
    await asyncio.to_thread(postgres.stop)
    away = await operator.command(counting(counter), {"by": 1}, key=f"again-{counter}")
    starting = asyncio.create_task(asyncio.to_thread(postgres.start, lambda _: None))
    statuses = [away.status_code]
    while not starting.done():
        answer = await operator.command(counting(counter), {"by": 1}, key=f"again-{counter}")
        statuses.append(answer.status_code)
        await asyncio.sleep(0.01)
    await starting
    assert 503 in statuses
    assert set(statuses) <= {200, 503}
    await until_done(operator, counter)
    await town.settle()
    heard = await town.store("hearing").pool.fetchval(
        "SELECT total FROM heard WHERE counter = $1", UUID(counter)
    )
    assert heard == 1
