"""Identity's read models."""

from pathlib import Path

import orjson

from services.identity.views_directory import DIRECTORY
from shared.bus.recorded import Recorded
from shared.contracts.identity import (
    AccountDisabled,
    AccountEnabled,
    AccountOpened,
    Grant,
    GrantsChanged,
    PasswordSet,
    SignedOutEverywhere,
)
from shared.eventstore.tables import Tables
from shared.eventstore.views import View, tables_of

TABLES = tables_of(Path(__file__).with_name("views.sql"))


def _text(grants: tuple[Grant, ...]) -> str:
    return orjson.dumps([grant.model_dump(mode="json") for grant in grants]).decode()


async def _opened(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, AccountOpened):
        await db.execute(
            "INSERT INTO accounts (account, login, name, grants, state, opened, version) "
            "VALUES ($1, $2, $3, $4, 'open', $5, $6)",
            event.account,
            event.login,
            event.name,
            _text(event.grants),
            recorded.envelope.recorded,
            recorded.envelope.stream_version,
        )


async def _changed(db: Tables, recorded: Recorded) -> None:
    event, version = recorded.event, recorded.envelope.stream_version
    match event:
        case GrantsChanged():
            column, value = "grants", _text(event.grants)
        case AccountDisabled():
            column, value = "state", "disabled"
        case AccountEnabled():
            column, value = "state", "open"
        case _:
            account = recorded.envelope.stream.removeprefix("account-")
            await db.execute(
                "UPDATE accounts SET password = password OR $2, version = $3 WHERE account = $1",
                account,
                isinstance(event, PasswordSet),
                version,
            )
            return
    await db.execute(
        f"UPDATE accounts SET {column} = $2, version = $3 WHERE account = $1",  # noqa: S608  a name from above
        event.account,
        value,
        version,
    )


VIEWS = (
    View(
        "accounts",
        TABLES["accounts"],
        {
            AccountOpened: _opened,
            GrantsChanged: _changed,
            PasswordSet: _changed,
            SignedOutEverywhere: _changed,
            AccountDisabled: _changed,
            AccountEnabled: _changed,
        },
    ),
    View("directory", TABLES["directory"], DIRECTORY),
)
