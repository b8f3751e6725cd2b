"""Commands of care: permission looks at where the cadre lives now, and several streams may be written."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import Response

from services.care import register
from shared.contracts.command import Command
from shared.contracts.event import Event, Frozen
from shared.errors import DomainError, UnknownError
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import CallContext
from shared.http.reading import ReadContext
from shared.roles import Resource, Role

Full = Callable[[Work, Any], Awaitable[Command]]
Also = Callable[[Work, Sequence[Any]], Awaitable[None]]


async def found(
    call: CallContext, work: Work, decider: Decider[Any], aggregate: UUID, command: Frozen
) -> Any:
    """The aggregate's state, once permission and If-Match are checked; UnknownError when there is none.

    A cadre who moved is looked after by the new community, whatever community the stream began in.
    """
    state = await work.load(decider, aggregate)
    if state is None:
        raise UnknownError(what=decider.what)
    resource = decider.resource(state)
    known = await register.person(work.db, resource.cadre) if resource.cadre else None
    if known is not None and known.community is not None:
        resource = replace(resource, community=known.community)
    call.permit(command, resource)
    await call.check_version(work, decider, aggregate)
    return state


async def act(
    call: CallContext,
    decider: Decider[Any],
    aggregate: UUID,
    command: Command,
    *,
    full: Full | None = None,
    also: Also | None = None,
) -> Response:
    """A command to one aggregate; `full` adds what care knows, `also` writes what follows for another."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        state = await found(call, work, decider, aggregate, command)
        events: Sequence[Event] = await work.execute(
            decider, aggregate, await full(work, state) if full else command
        )
        if also:
            await also(work, events)
        return decider, aggregate

    return await call.perform(command, do, aggregate)


async def reads_medical(reading: ReadContext, row: Any) -> bool:
    """Whether this reader may see medical notes of a row: by role, or as family the cadre agreed to."""
    who = reading.principal
    if who.role is Role.FAMILY:
        known = await register.person(reading.pool, row["cadre"])
        return who.cadre == row["cadre"] and known is not None and known.family_reads_medical
    return permits(reading, "read_medical", row)


def permits(reading: ReadContext, action: str, row: Any) -> bool:
    """Whether this reader may do that with a row of a view, by role."""
    try:
        reading.permit(action, resource_of(row))
    except DomainError:
        return False
    return True


def resource_of(row: Any) -> Resource:
    """What permissions look at, in a row of a view."""
    known = dict(row)
    helper = known.get("helper")
    return Resource(
        known["community"], known["cadre"], frozenset({helper} if helper else ()), known.get("unit") or ""
    )
