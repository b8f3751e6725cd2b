"""A service of the catalogue: what may be asked for, who may do it, how urgent it is as a rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import Field

from shared import ids
from shared.contracts.command import Command
from shared.contracts.event import Event, Frozen
from shared.contracts.intake import ServiceDefined, ServiceRetired
from shared.contracts.values import Code, HelperKind, Line, Minutes, Urgency
from shared.errors import RefusedError, UnknownError
from shared.eventstore.decider import Decider, Moment


class Terms(Frozen):
    """What a service asks of a helper, how urgent it is as a rule, and how long it takes (minutes)."""

    service: Code
    skills: tuple[Code, ...] = Field(max_length=10)
    helper_kinds: tuple[HelperKind, ...] = Field(min_length=1, max_length=4)
    urgency: Urgency
    minutes: Minutes


# States


@dataclass(frozen=True, slots=True)
class Offered:
    """It may be asked for."""

    service: UUID
    zh: str
    en: str
    terms: Terms
    recurs: bool


@dataclass(frozen=True, slots=True)
class Retired:
    """It isn't offered any more; requests that have it go on."""

    offered: Offered


Service = Offered | Retired


# Commands


class DefineService(Command):
    """Offer a service, or revise what was said of it; a retired one is offered again."""

    code: Code
    zh: Line
    en: Line
    skills: tuple[Code, ...] = Field(max_length=10)
    helper_kinds: tuple[HelperKind, ...] = Field(min_length=1, max_length=4)
    urgency: Urgency
    minutes: Minutes
    recurs: bool = False


class RetireService(Command):
    """Offer it no more."""


class RetiredAlreadyError(RefusedError):
    """The service {code} is not offered any more already. Nothing needs to be done."""

    zh = "服务 {code} 已经停用，不必再做。"


class ServiceRetiredError(RefusedError):
    """The service {code} is not offered any more. Choose another from the catalogue."""

    zh = "服务 {code} 已停用。请从目录中选择其他服务。"


class ServiceUnknownError(RefusedError):
    """The catalogue has no service {code}. Choose one from the catalogue."""

    zh = "目录中没有服务 {code}。请从目录中选择。"


def service_id(code: str) -> UUID:
    """The id of the service with this code."""
    return ids.derive(ids.EPOCH, "service", code)


def terms_offered(state: Service | None, code: str) -> Terms:
    """The terms of a service that may be asked for; ServiceUnknownError, ServiceRetiredError."""
    match state:
        case Offered():
            return state.terms
        case Retired():
            raise ServiceRetiredError("service", code=code)
        case None:
            raise ServiceUnknownError("service", code=code)


# The decider


def evolve(state: Service | None, event: Event) -> Service:
    """The service after this event."""
    match state, event:
        case _, ServiceDefined():
            terms = Terms(
                service=event.code,
                skills=event.skills,
                helper_kinds=event.helper_kinds,
                urgency=event.urgency,
                minutes=event.minutes,
            )
            return Offered(event.service, event.zh, event.en, terms, event.recurs)
        case Offered(), ServiceRetired():
            return Retired(state)
        case None, _:
            raise UnknownError(what="service")
        case _:
            return state


def decide(state: Service | None, command: Command, moment: Moment) -> Sequence[Event]:
    """The events of a command; a definition that says nothing new gives none."""
    match state, command:
        case _, DefineService():
            defined = ServiceDefined(service=moment.aggregate, **command.model_dump(exclude={"happened"}))
            return [] if isinstance(state, Offered) and evolve(state, defined) == state else [defined]
        case Offered(), RetireService():
            return [ServiceRetired(service=state.service, code=state.terms.service)]
        case Retired(), RetireService():
            raise RetiredAlreadyError(code=state.offered.terms.service)
        case _:
            raise UnknownError(what="service")


SERVICE: Decider[Service] = Decider("service", "service", evolve, decide, by_cadre=False)
