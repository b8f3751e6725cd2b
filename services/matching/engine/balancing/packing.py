"""A question to this engine and its answer as JSON, for a process that asks another."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter

from services.matching.engine.balancing import City, Community, Member, Proposal


@dataclass(frozen=True, slots=True)
class _Question:
    communities: tuple[Community, ...]
    members: tuple[Member, ...]
    budget: int
    key: UUID


_QUESTION, _PROPOSAL = TypeAdapter(_Question), TypeAdapter(Proposal)


def question(city: City, budget: int, key: UUID) -> bytes:
    """To be read by `asked`."""
    return _QUESTION.dump_json(_Question(city.communities, city.members, budget, key))


def asked(told: bytes) -> tuple[City, int, UUID]:
    """The arguments of `propose`."""
    found = _QUESTION.validate_json(told)
    return City(found.communities, found.members), found.budget, found.key


def written(proposal: Proposal) -> bytes:
    """To be read by `read`."""
    return _PROPOSAL.dump_json(proposal)


def read(told: bytes) -> Proposal:
    """The answer."""
    return _PROPOSAL.validate_json(told)
