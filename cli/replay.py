"""`jiujin replay`: what is recorded of a cadre, and the case file as it was."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.app import CliError, app
from cli.client import Client
from cli.options import DEFAULT_DATA, Data, Json, RunningPort, Token
from cli.screen import SHANGHAI, local, show_json, show_table, show_tree
from shared.actors import named
from shared.roles import Role

PAGE = 200


@app.command(epilog='Example: ./jiujin replay CADRE --why "complaint 17" --known-at 2026-05-01T12:00:00')
def replay(  # noqa: PLR0913, PLR0917  the options of a verb
    cadre: Annotated[UUID, typer.Argument(help="The cadre's id.")],
    why: Annotated[str, typer.Option("--why", help="Why you read it; recorded.")],
    version: Annotated[
        int | None,
        typer.Option("--version", min=1, help="The case file at this version.", show_default=False),
    ] = None,
    known_at: Annotated[
        datetime | None,
        typer.Option("--known-at", help="As it was recorded then (Shanghai).", show_default=False),
    ] = None,
    true_at: Annotated[
        datetime | None,
        typer.Option("--true-at", help="With the facts that were true then.", show_default=False),
    ] = None,
    diff: Annotated[
        str | None,
        typer.Option("--diff", help="What changed between two of them: 3..17, or times.", show_default=False),
    ] = None,
    data: Data = DEFAULT_DATA,
    port: RunningPort = None,
    token: Token = None,
    *,
    file: Annotated[bool, typer.Option("--file", help="The case file as it is now.")] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Compare every copy, hash by hash; exit code 1 if not the same."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Show a cadre's history; or the case file at a version or time, what changed, or whether it holds."""
    at = {"version": version, "known_at": _instant(known_at), "true_at": _instant(true_at)}
    wanted = file or any(value is not None for value in at.values())
    if sum((wanted, diff is not None, check)) > 1:
        raise CliError("ask for one thing: the file at some point, --diff or --check.")
    with Client(data, port, Role.AUDITOR, token=token) as client:
        path = f"/reporting/api/v1/cadres/{cadre}"
        if check:
            _checked(client.post(f"{path}/check", why=why), as_json=as_json)
        elif diff is not None:
            _differences(client.get(f"{path}/diff", **_ends(diff), why=why), as_json=as_json)
        elif wanted:
            found = client.get(f"{path}/file", **at, why=why)
            show_json(found) if as_json else show_tree(_with_names(found))
        else:
            _history(read_all(client, f"{path}/history", why), as_json=as_json)


def read_all(client: Client, path: str, why: str) -> list[dict[str, Any]]:
    """Every item of one of reporting's lists."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = client.get(path, why=why, cursor=cursor, limit=PAGE)
        found += page["items"]
        cursor = page["next"]
        if not cursor:
            return found


def _history(items: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        for item in items:
            show_json(item)
        return
    show_table(
        ("number", "happened", "recorded", "what", "by", "why", "caused by"),
        [
            (
                item["number"],
                local(item["happened"]),
                local(item["recorded"]),
                item["what"],
                item["by"],
                item["why"],
                item["caused_by"],
            )
            for item in items
        ],
    )


def _with_names(value: Any) -> Any:
    """A file for people: each actor in words."""
    if isinstance(value, list):
        return [_with_names(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "actor" in value and "role" in value:
        rest = {name: inner for name, inner in value.items() if name not in {"actor", "role"}}
        return {**rest, "by": named(value["actor"], value["role"], "en")}
    return {name: _with_names(inner) for name, inner in value.items()}


def _differences(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    print(f"From version {found['from']['version']} to version {found['to']['version']}:\n")
    show_table(("field", "before", "after"), _changes(found["differences"]))


def _changes(differences: list[dict[str, Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Field by field, for people: who made a new step comes as two fields, and is said in one."""
    roles = {one["path"]: one for one in differences if one["path"].endswith("].role")}
    for one in differences:
        step = one["path"].removesuffix(".actor")
        role = roles.get(f"{step}.role")
        if role is not None:
            before, after = (
                named(one[when], role[when], "en") if one[when] else None for when in ("before", "after")
            )
            yield f"{step}.by", before, after
        elif one["path"] not in roles:
            yield one["path"], one["before"], one["after"]


def _checked(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(found)
    else:
        verdict = "the same everywhere, and no hash is broken" if found["same"] else "NOT the same everywhere"
        print(f"{found['compared']} events of {found['streams']} streams: {verdict}.")
        show_tree({name: found[name] for name in ("missing", "extra", "different", "broken")})
    if not found["same"]:
        raise typer.Exit(code=1)


def _instant(given: datetime | None) -> str | None:
    """A time without a zone is Shanghai's."""
    if given is None:
        return None
    return (given if given.tzinfo else given.replace(tzinfo=SHANGHAI)).isoformat()


def _ends(text: str) -> dict[str, str | None]:
    """The two files of `--diff A..B`, each a version or the time at which it was known."""
    first, dots, second = text.partition("..")
    if not dots:
        raise CliError(f"{text} names no two files: write versions as 3..17, or times with .. between.")
    return _end("from", first) | _end("to", second)


def _end(which: str, text: str) -> dict[str, str | None]:
    if text.isascii() and text.isdigit():
        return {f"{which}_version": text}
    try:
        return {f"{which}_known_at": _instant(datetime.fromisoformat(text))}
    except ValueError as error:
        raise CliError(f"{text} is neither a version nor a time: write 17 or 2026-05-01T12:00:00.") from error
