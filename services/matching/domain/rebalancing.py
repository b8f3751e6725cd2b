"""Rebalancing: members move between communities, each by decision and consent, and back if need be."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from shared.contracts import matching as m
from shared.contracts.command import Command
from shared.contracts.event import Event
from shared.contracts.values import Note, Reason
from shared.errors import RefusedError, UnknownError
from shared.eventstore.decider import Decider, Moment
from shared.roles import Resource


class State(StrEnum):
    """How far a move is."""

    PROPOSED = "Proposed"
    ACCEPTED = "Accepted"
    DROPPED = "Dropped"
    MADE = "Made"
    DECLINED = "Declined"
    UNDONE = "Undone"


@dataclass(frozen=True, slots=True)
class Move:
    """One member's, from a community or from none, how far it is, and the pairings that end with it."""

    source: UUID | None
    destination: UUID
    association: str
    pairings: tuple[UUID, ...]
    state: State = State.PROPOSED
    ending: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Rebalancing:
    """The moves by helper."""

    rebalancing: UUID
    moves: Mapping[UUID, Move] = field(default_factory=dict)

    def of(self, *states: State) -> tuple[UUID, ...]:
        """Whose moves are in one of these states, in order."""
        return tuple(sorted(helper for helper, move in self.moves.items() if move.state in states))


class ProposeRebalancing(Command):
    """Record what was found to be the best."""

    proposed: m.RebalancingProposed
    communities: tuple[m.CommunityReckoned, ...]
    moves: tuple[m.MoveProposed, ...]


class AcceptMoves(Command):
    """These members shall be asked; all that nobody has decided, without any.

    `ending` are those of their pairings that shall end with the move: all others survive it.
    """

    helpers: tuple[UUID, ...] = ()
    ending: tuple[UUID, ...] = ()


class DropMoves(Command):
    """These members shall stay; all that haven't moved and haven't said no, without any."""

    helpers: tuple[UUID, ...] = ()
    reason: Reason


class ConsentToMove(Command):
    """The member agrees, also one who had declined; `note` says how and to whom."""

    helper: UUID
    note: Note = ""


class DeclineMove(Command):
    """The member wants to stay."""

    helper: UUID
    reason: Reason


class UndoMoves(Command):
    """These members shall serve the old community again; all that have moved, without any."""

    helpers: tuple[UUID, ...] = ()
    reason: Reason


Answer = ConsentToMove | DeclineMove
Many = AcceptMoves | DropMoves | UndoMoves
RebalancingCommand = ProposeRebalancing | Many | Answer


class MoveStateError(RefusedError):
    """The move is {state}: this can't be done with it. Look at the rebalancing again."""

    zh = "该调整的状态是 {state}，不能这样处理。请重新查看方案。"


class NothingToDecideError(RefusedError):
    """No move of this rebalancing is waiting for that. Look at the rebalancing again."""

    zh = "该方案中没有等待此项处理的调整。请重新查看方案。"


OPEN_TO: Mapping[type[Command], tuple[State, ...]] = {
    AcceptMoves: (State.PROPOSED,),
    DropMoves: (State.PROPOSED, State.ACCEPTED),
    ConsentToMove: (State.ACCEPTED, State.DECLINED),
    DeclineMove: (State.ACCEPTED,),
    UndoMoves: (State.MADE,),
}
"""In which states a move may be when this is to be done with it."""


def named(rebalancing: Rebalancing, command: Many) -> tuple[UUID, ...]:
    """The helpers a command is about: those it names, or all it could be about."""
    return tuple(sorted(set(command.helpers))) or rebalancing.of(*OPEN_TO[type(command)])


def decide(rebalancing: Rebalancing | None, command: RebalancingCommand, _: Moment) -> Sequence[Event]:
    """What follows from the command."""
    if isinstance(command, ProposeRebalancing):
        return [command.proposed, *command.communities, *command.moves]
    if rebalancing is None:
        return []
    if isinstance(command, ConsentToMove | DeclineMove):
        return [_answered(rebalancing, command)]
    helpers = named(rebalancing, command)
    if not helpers:
        raise NothingToDecideError
    moves = {helper: _open(rebalancing, helper, command) for helper in helpers}
    if isinstance(command, AcceptMoves):
        _check_ending(moves.values(), command.ending)
    return [_decided(rebalancing.rebalancing, helper, move, command) for helper, move in moves.items()]


def _answered(rebalancing: Rebalancing, command: Answer) -> Event:
    move = _open(rebalancing, command.helper, command)
    about = {"rebalancing": rebalancing.rebalancing, "helper": command.helper}
    if isinstance(command, DeclineMove):
        return m.MoveDeclined(**about, reason=command.reason)
    return m.MoveConsented(**about, source=move.source, destination=move.destination, note=command.note)


def _decided(rebalancing: UUID, helper: UUID, move: Move, command: Many) -> Event:
    match command:
        case AcceptMoves():
            ending = tuple(sorted(set(move.pairings) & set(command.ending)))
            return m.MoveAccepted(rebalancing=rebalancing, helper=helper, ending=ending)
        case DropMoves():
            return m.MoveDropped(rebalancing=rebalancing, helper=helper, reason=command.reason)
        case UndoMoves():
            return m.MoveUndone(
                rebalancing=rebalancing,
                helper=helper,
                source=move.source,
                destination=move.destination,
                reason=command.reason,
            )
    assert_never(command)


def _open(rebalancing: Rebalancing, helper: UUID, command: Many | Answer) -> Move:
    move = rebalancing.moves.get(helper)
    if move is None:
        raise UnknownError(what="move")
    if move.state not in OPEN_TO[type(command)]:
        raise MoveStateError(state=move.state)
    return move


def _check_ending(moves: Collection[Move], ending: Collection[UUID]) -> None:
    if not set(ending) <= {pairing for move in moves for pairing in move.pairings}:
        raise UnknownError(what="pairing")


STATES: Mapping[type[Event], State] = {
    m.MoveAccepted: State.ACCEPTED,
    m.MoveDropped: State.DROPPED,
    m.MoveConsented: State.MADE,
    m.MoveDeclined: State.DECLINED,
    m.MoveUndone: State.UNDONE,
}


def evolve(rebalancing: Rebalancing | None, event: Event) -> Rebalancing:
    """The rebalancing after this event."""
    if isinstance(event, m.RebalancingProposed):
        return Rebalancing(event.rebalancing)
    if rebalancing is None:
        raise ValueError(f"{event.NAME} before the rebalancing was proposed")
    if isinstance(event, m.CommunityReckoned):
        return rebalancing
    return replace(rebalancing, moves={**rebalancing.moves, **_moved(rebalancing.moves, event)})


def _moved(moves: Mapping[UUID, Move], event: Event) -> Mapping[UUID, Move]:
    if isinstance(event, m.MoveProposed):
        move = Move(event.source, event.destination, event.association, event.pairings)
        return {event.helper: move}
    helper: UUID = getattr(event, "helper")  # noqa: B009  all that are left have one
    move = replace(moves[helper], state=STATES[type(event)])
    if isinstance(event, m.MoveAccepted):
        move = replace(move, ending=event.ending)
    return {helper: move}


def resource(rebalancing: Rebalancing) -> Resource:
    """A rebalancing is of many communities; who may decide a move depends on its two."""
    del rebalancing
    return Resource()


REBALANCING: Decider[Rebalancing] = Decider(
    "rebalancing", "rebalancing", evolve, decide, resource, by_cadre=False
)
