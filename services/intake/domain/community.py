"""A community: its id is derived from its code, so that a code is given once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import Field

from shared import ids
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.intake import CommunityCorrected, CommunityImported, CommunityRegistered
from shared.contracts.values import Brief, Line, Point
from shared.errors import RefusedError, UnknownError
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource

# States


@dataclass(frozen=True, slots=True)
class Registered:
    """A community with its file."""

    community: UUID
    code: str
    name: str
    subdistrict: str
    centre: Point | None
    address: str
    phone: str
    party_branch: str
    fingerprint: str = ""


Community = Registered


# Commands


class CorrectCommunity(Command):
    """Put the file right: all fields as they are now."""

    name: Line
    subdistrict: Line
    centre: Point | None = None
    address: Brief = ""
    phone: Brief = ""
    party_branch: Brief = ""


class RegisterCommunity(CorrectCommunity):
    """Enter a community under a code of its own."""

    code: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")


class ImportCommunity(RegisterCommunity):
    """Enter or correct it as a table's row tells; the same row again changes nothing."""

    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$")


class CodeTakenError(RefusedError):
    """A community with the code {code} is registered already. Correct that one, or use another code."""

    zh = "代码为 {code} 的社区已登记。请改正该社区的信息，或换一个代码。"


def community_id(code: str) -> UUID:
    """The id of the community with this code."""
    return ids.derive(ids.EPOCH, "community", code)


# The decider


def evolve(state: Community | None, event: Event) -> Community:
    """The community after this event."""
    match event:
        case CommunityRegistered():
            return Registered(
                event.community,
                event.code,
                event.name,
                event.subdistrict,
                event.centre,
                event.address,
                event.phone,
                event.party_branch,
            )
        case _ if state is None:
            raise UnknownError(what="community")
        case CommunityCorrected():
            return Registered(
                state.community,
                state.code,
                event.name,
                event.subdistrict,
                event.centre,
                event.address,
                event.phone,
                event.party_branch,
                state.fingerprint,
            )
        case CommunityImported():
            return Registered(*_file(state), event.fingerprint)
        case _:
            return state


def decide(state: Community | None, command: Command, moment: Moment) -> Sequence[Event]:
    """The events of a command; CodeTakenError for a code in use."""
    match command:
        case ImportCommunity():
            if state is not None and state.fingerprint == command.fingerprint:
                return []
            told = _registered(command, moment) if state is None else _corrected(state, command)
            return [*told, CommunityImported(community=moment.aggregate, fingerprint=command.fingerprint)]
        case RegisterCommunity():
            if state is not None:
                raise CodeTakenError("code", code=command.code)
            return _registered(command, moment)
        case CorrectCommunity() if state is not None:
            return _corrected(state, command)
        case _:
            raise UnknownError(what="community")


def _registered(command: RegisterCommunity, moment: Moment) -> list[Event]:
    return [
        CommunityRegistered(
            community=moment.aggregate,
            code=command.code,
            name=command.name,
            subdistrict=command.subdistrict,
            centre=command.centre,
            address=command.address,
            phone=command.phone,
            party_branch=command.party_branch,
        )
    ]


def _corrected(state: Community, command: CorrectCommunity) -> list[Event]:
    told = (
        command.name,
        command.subdistrict,
        command.centre,
        command.address,
        command.phone,
        command.party_branch,
    )
    if told == _file(state)[2:]:
        return []
    return [
        CommunityCorrected(
            community=state.community,
            name=command.name,
            subdistrict=command.subdistrict,
            centre=command.centre,
            address=command.address,
            phone=command.phone,
            party_branch=command.party_branch,
        )
    ]


def _file(state: Community) -> tuple[UUID, str, str, str, Point | None, str, str, str]:
    return (
        state.community,
        state.code,
        state.name,
        state.subdistrict,
        state.centre,
        state.address,
        state.phone,
        state.party_branch,
    )


COMMUNITY: Decider[Community] = Decider(
    "community",
    "community",
    evolve,
    decide,
    lambda state: Resource(community=state.community),
    by_cadre=False,
)
