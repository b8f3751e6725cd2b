"""How the tests of HTTP ask the toy services, and what a problem must look like."""

from typing import Any
from uuid import uuid4

from tests.harness import Client

OPEN = "/counting/api/v1/counters"


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
