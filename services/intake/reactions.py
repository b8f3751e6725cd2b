"""What intake does when an event arrives."""

from collections.abc import Mapping
from uuid import UUID

from services.intake.domain import request_progress as progress
from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_file import Admitted, Cadre, Deceased
from services.intake.domain.request import REQUEST
from services.intake.domain.request_clock import LEVELS, deadline_of, next_level
from services.intake.domain.request_commands import OpenRequest
from services.intake.reactions_register import (
    HARDSHIP_EXPIRES,
    cancel_for_death,
    expire_hardship,
    forget_hardship,
    hand_over,
    hold_for_hospital,
    look_after_again,
    resume_after_hospital,
    time_hardship,
)
from services.intake.sources import clock_at, ids_of, likely_requests, person_now, surviving, terms_for
from shared.bus.effect import Reaction
from shared.contracts import care, intake, matching
from shared.contracts.event import Event
from shared.contracts.values import Channel, HelperKind, Urgency
from shared.eventstore.timers import TimerHandler
from shared.eventstore.work import Work

DEADLINE = "request-deadline"
HOLD_ENDS = "hold-ends"
CALLED = (Channel.PHONE, Channel.WALK_IN, Channel.RELINKED)
"""Somebody asked for it, perhaps twice. What the system opens by itself may resemble what is open."""

RequestNews = (
    intake.RequestReceived
    | intake.RequestTriaged
    | intake.RequestCorrected
    | intake.RequestHeld
    | intake.RequestResumed
    | intake.RequestAssigned
    | intake.RequestRescheduled
    | intake.RequestUnassigned
    | intake.RequestBegun
    | intake.RequestServiceReported
    | intake.CallbackDue
    | intake.RequestReopened
    | intake.RequestEscalated
    | intake.EscalationEnded
    | intake.DeadlinePassed
    | intake.DeadlineExtended
    | intake.RequestClosed
    | intake.ReferredToEmergencyLine
    | intake.MarkedDuplicate
    | intake.RequestRejected
    | intake.RequestCancelled
    | intake.RequestWithdrawn
)

# Own requests


async def keep_deadline(event: RequestNews, work: Work) -> None:
    """One timer a request: the next moment of the stage it is in now."""
    clock = await clock_at(work.store, event.request)
    deadline = deadline_of(work.settings.deadlines, clock)
    point = next_level(clock, deadline) if clock and deadline else None
    if point is None:
        work.drop_timer(DEADLINE, event.request)
    else:
        work.set_timer(DEADLINE, event.request, point[0])


async def welcome_request(event: intake.RequestReceived, work: Work) -> None:
    """Death, a move or another call about the same may have crossed it."""
    cadre = await _by_register(event, work)
    if event.channel in CALLED and cadre is not None:
        await _look_again(event, cadre.file.cadre, work)
    await keep_deadline(event, work)


async def take_up_again(event: intake.RequestReopened, work: Work) -> None:
    """Death may have crossed it; a move since it was closed is made up for."""
    await _by_register(event, work)
    await keep_deadline(event, work)


async def _by_register(event: intake.RequestReceived | intake.RequestReopened, work: Work) -> Cadre | None:
    """Nothing is done for the dead, and where the cadre lives now is responsible; gives the file."""
    cadre = await surviving(work, event.cadre)
    if isinstance(cadre, Deceased):
        await work.execute(REQUEST, event.request, progress.CancelForDeath())
    elif cadre is not None:
        await work.execute(REQUEST, event.request, progress.HandOver(community=cadre.file.community))
    return cadre


async def _look_again(event: intake.RequestReceived, cadre: UUID, work: Work) -> None:
    """The list that the operator saw lags by moments; here it holds all that was received before, no more.

    So of two calls at the same instant the later one is suspected, and only that.
    """
    phone = event.caller.phone if event.caller else None
    found = ids_of(await likely_requests(work.db, work, cadre, phone, event.service))
    known = {event.request, event.linked, *event.likely}
    likely = tuple(one for one in found if one not in known)
    await work.execute(REQUEST, event.request, progress.SuspectDuplicate(likely=likely))


async def time_hold(event: intake.RequestHeld, work: Work) -> None:
    """A hold may have an end."""
    if event.until is None:
        work.drop_timer(HOLD_ENDS, event.request)
    else:
        work.set_timer(HOLD_ENDS, event.request, event.until)
    await keep_deadline(event, work)


async def end_hold(event: intake.RequestResumed, work: Work) -> None:
    """The hold's end needs no timer any more."""
    work.drop_timer(HOLD_ENDS, event.request)
    await keep_deadline(event, work)


# Of matching


async def begin_matching(event: matching.MatchOpened | matching.MatchReopened, work: Work) -> None:
    """Matching has taken it up."""
    await work.execute(REQUEST, event.request, progress.BeginMatching())


async def assign(event: matching.HelperAssigned, work: Work) -> None:
    """A helper has it."""
    command = progress.Assign(helper=event.helper, slot=event.slot)
    await work.execute(REQUEST, event.request, command)


async def unassign(
    event: matching.AssignmentDropped | matching.NoShowRecorded | matching.AssignmentWithdrawn, work: Work
) -> None:
    """The helper no longer has it."""
    await work.execute(REQUEST, event.request, progress.Unassign(helper=event.helper))


# Of care


async def reschedule(event: care.VisitMoved, work: Work) -> None:
    """The helper comes at another time."""
    command = progress.Reschedule(helper=event.helper, slot=event.slot)
    await work.execute(REQUEST, event.request, command)


async def begin(event: care.VisitBegun, work: Work) -> None:
    """The helper is there."""
    await work.execute(REQUEST, event.request, progress.Begin())


async def note_report(event: care.ServiceReported, work: Work) -> None:
    """The helper says that it is done: a callback is due, or a scheduled one closes."""
    await work.execute(REQUEST, event.request, progress.NoteReport())


async def escalate(event: care.FundingDrafted | care.FundingSubmitted, work: Work) -> None:
    """The bureau is asked for money."""
    await work.execute(REQUEST, event.request, progress.Escalate(funding=event.funding))


async def end_granted(event: care.FundingClosed, work: Work) -> None:
    """The money has come."""
    command = progress.EndEscalation(funding=event.funding, granted=True)
    await work.execute(REQUEST, event.request, command)


async def end_ungranted(
    event: care.FundingRejected | care.FundingWithdrawn | care.FundingLapsed, work: Work
) -> None:
    """No money will come."""
    command = progress.EndEscalation(funding=event.funding, granted=False)
    await work.execute(REQUEST, event.request, command)


async def open_welfare_check(event: care.WelfareCheckRaised, work: Work) -> None:
    """Nobody opened the door of somebody frail: a 特急 request at once."""
    person = await person_now(work, event.cadre)
    if person is None:
        return
    terms = await terms_for(work, "rescue")
    kinds = tuple(dict.fromkeys((*terms.helper_kinds, HelperKind.STAFF)))
    request = work.new_id("welfare-check")
    command = OpenRequest(
        cadre=person.cadre,
        community=person.community,
        covered=person.covered,
        channel=Channel.WELFARE_CHECK,
        service=terms.service,
        urgency=Urgency.RESCUE,
        linked=event.request,
        terms=terms.model_copy(update={"helper_kinds": kinds}),
        side=person.side,
    )
    await work.execute(REQUEST, request, command)


async def open_planned(event: care.PlannedVisitDue, work: Work) -> None:
    """A planned visit's time has come near; in hospital it waits."""
    person = await person_now(work, event.cadre)
    if person is None:
        return
    request = work.new_id("planned-visit")
    command = OpenRequest(
        cadre=person.cadre,
        community=person.community,
        covered=person.covered,
        channel=Channel.PLAN,
        service=event.service,
        urgency=Urgency.SCHEDULED,
        slot=event.slot,
        terms=await terms_for(work, event.service),
        side=person.side,
    )
    await work.execute(REQUEST, request, command)
    cadre = await work.load(CADRE, person.cadre)
    if isinstance(cadre, Admitted):
        await work.execute(REQUEST, request, progress.HoldForHospital())


# Timers


async def pass_deadline(about: UUID, _: bytes, work: Work) -> None:
    """The gravest level reached is told; its own reaction sets the next moment."""
    clock = await clock_at(work.store, about)
    deadline = deadline_of(work.settings.deadlines, clock)
    if clock is None or clock.stage is None or deadline is None or deadline.due is None:
        return
    reached = deadline.level_at(work.at)
    if reached is not None:
        command = progress.PassDeadline(stage=clock.stage, level=LEVELS[reached], due=deadline.due)
        await work.execute(REQUEST, about, command)


async def resume_at_time(about: UUID, _: bytes, work: Work) -> None:
    """The hold's end has come."""
    await work.execute(REQUEST, about, progress.ResumeAtTime())


REACTIONS: Mapping[type[Event], Reaction] = {
    **dict.fromkeys(RequestNews.__args__, keep_deadline),
    intake.RequestReceived: welcome_request,
    intake.RequestReopened: take_up_again,
    intake.RequestHeld: time_hold,
    intake.RequestResumed: end_hold,
    intake.HardshipAssessed: time_hardship,
    intake.HardshipWithdrawn: forget_hardship,
    intake.CadreDeceased: cancel_for_death,
    intake.DeathRetracted: look_after_again,
    intake.CadreAdmitted: hold_for_hospital,
    intake.CadreDischarged: resume_after_hospital,
    intake.CadreMoved: hand_over,
    matching.MatchOpened: begin_matching,
    matching.MatchReopened: begin_matching,
    matching.HelperAssigned: assign,
    matching.AssignmentDropped: unassign,
    matching.NoShowRecorded: unassign,
    matching.AssignmentWithdrawn: unassign,
    care.VisitMoved: reschedule,
    care.VisitBegun: begin,
    care.ServiceReported: note_report,
    care.FundingDrafted: escalate,
    care.FundingSubmitted: escalate,
    care.FundingClosed: end_granted,
    care.FundingRejected: end_ungranted,
    care.FundingWithdrawn: end_ungranted,
    care.FundingLapsed: end_ungranted,
    care.WelfareCheckRaised: open_welfare_check,
    care.PlannedVisitDue: open_planned,
}

TIMERS: Mapping[str, TimerHandler] = {
    DEADLINE: pass_deadline,
    HOLD_ENDS: resume_at_time,
    HARDSHIP_EXPIRES: expire_hardship,
}
