"""A running system as the verbs reach it: the address from its data folder, a token, plain errors."""

import json
import secrets
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from cli.app import CliError
from cli.options import DEFAULT_DATA, DEFAULT_PORT
from deploy.errors import NotDevelopmentError, NotStartedError
from deploy.folder import DataFolder
from shared.roles import Role

if TYPE_CHECKING:
    import httpx

SECONDS = 30.0
WORDS = {
    401: "This token isn't taken: sign in for a new one, and give it with --token.",
    503: "Jiujin is still starting, or its database is away: try again soon.",
}


def data_option(data: Path, port: int | None = None) -> str:
    """What leads another verb to the same data and port, to be written behind it; a shell can read it."""
    where = "" if data == DEFAULT_DATA else f" --data {shlex.quote(str(data))}"
    return f"{where} --port {port}" if port else where


class AnswerError(CliError):
    """The system refused; its own words, and the status for whoever can do something about it."""

    def __init__(self, status: int, detail: str) -> None:
        """Say it in a line."""
        self.status = status
        super().__init__(" ".join(detail.split()))


class Client:
    """Requests to one running system, as one role."""

    def __init__(
        self,
        data: Path,
        port: int | None,
        role: Role = Role.ADMIN,
        *,
        token: str | None = None,
        sub: str = "",
    ) -> None:
        """The system of `data`, or on `port`. On a demo a token of `role` is made, for `sub` if given.

        `option` leads another verb to the same system.
        """
        import httpx

        state = DataFolder(data).state()
        named = state.address if state else f"http://127.0.0.1:{DEFAULT_PORT}"
        self.address = f"http://127.0.0.1:{port}" if port else named
        self.option = data_option(data, port)
        self._start = f"./jiujin up{self.option}"
        self._http = httpx.Client(
            base_url=self.address,
            timeout=SECONDS,
            trust_env=False,
            headers={
                "Accept-Language": "en",
                "Authorization": f"Bearer {token or self._made(data, role, sub)}",
            },
        )

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        """A GET's answer; parameters that are None are left out."""
        return self._send("GET", path, {name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """A command's answer; None where it is empty."""
        return self._send("POST", path, query, body or {})

    def text(self, path: str, **query: Any) -> str:
        """A GET's answer for reading, as plain text."""
        return self._answer("GET", path, query).text

    def lines(self, path: str) -> Iterator[dict[str, Any]]:
        """A command that answers with lines of JSON as it goes, for as long as that takes."""
        import httpx

        try:
            with self._http.stream("POST", path, json={}, headers=_key(), timeout=None) as answer:
                if answer.is_error:
                    answer.read()
                    raise _refusal(answer)
                for line in answer.iter_lines():
                    yield json.loads(line)
        except httpx.TransportError as error:
            raise self._away() from error

    def _send(self, method: str, path: str, query: dict[str, Any] | None, body: Any = None) -> Any:
        answer = self._answer(method, path, query, body)
        return answer.json() if answer.content else None

    def _answer(
        self, method: str, path: str, query: dict[str, Any] | None, body: Any = None
    ) -> "httpx.Response":
        import httpx

        headers = {} if body is None else _key()
        try:
            answer = self._http.request(method, path, params=query, json=body, headers=headers)
        except httpx.TransportError as error:
            raise self._away() from error
        if answer.is_error:
            raise _refusal(answer)
        return answer

    def _away(self) -> CliError:
        return CliError(
            f"nothing answers at {self.address}: start it with `{self._start}`, or give its --port."
        )

    def _made(self, data: Path, role: Role, sub: str) -> str:
        from deploy.tokens import person, signer

        try:
            return signer(data, hours=1).token(person(role, sub=sub))
        except NotDevelopmentError as error:
            raise CliError(
                f"{data} holds a bureau's own data: sign in as {role}, and give the token with --token "
                "or in JIUJIN_TOKEN."
            ) from error
        except NotStartedError as error:
            raise CliError(f"there are no data in {data} yet: start with `{self._start}`.") from error


def _key() -> dict[str, str]:
    return {"Idempotency-Key": secrets.token_hex(16)}


def _refusal(answer: "httpx.Response") -> AnswerError:
    from deploy.client import problem_of

    return AnswerError(answer.status_code, WORDS.get(answer.status_code) or problem_of(answer))
