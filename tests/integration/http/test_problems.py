"""Bad input never gives a 500, and an error says what to do in two languages."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.http.app import MAX_BODY
from shared.roles import Role
from tests import toy
from tests.harness import City, Client
from tests.integration.http.asking import OPEN, counting, opened, problem


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
