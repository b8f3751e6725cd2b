"""The list of funding cases: where each stands, and who took which step."""

from typing import Any
from uuid import UUID

from services.care.domain.funding_states import step_of
from shared.bus.recorded import Recorded
from shared.contracts import care
from shared.contracts.event import Event
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler, update

RECUSE = "UPDATE fundings SET recused = recused || $2::text WHERE funding = $1"


async def _drafted(db: Tables, recorded: Recorded) -> None:
    event, envelope = recorded.event, recorded.envelope
    if isinstance(event, care.FundingDrafted):
        await db.execute(
            "INSERT INTO fundings (funding, request, cadre, community, unit, helper, fund, year, asked,"
            " amount, emergency, purpose, state, step, drafted, since, changed, version)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, 'Drafted', 'submit',"
            " $12, $12, $12, $13)",
            event.funding,
            event.request,
            event.cadre,
            event.community,
            event.unit,
            event.helper,
            event.fund,
            event.year,
            event.amount,
            event.emergency,
            event.purpose,
            envelope.recorded,
            envelope.stream_version,
        )
        await _step(db, recorded, event.funding, event.amount, event.purpose)


async def _changed(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    amount: int | None = getattr(event, "amount", None)
    note = ""
    match event:
        case care.FundingSubmitted():
            emergency = await db.fetchval("SELECT emergency FROM fundings WHERE funding = $1", event.funding)
            moved = ("Submitted", "approve" if emergency else "verify")
        case care.CommunityVerified():
            moved, note = ("CommunityVerified", "confirm"), event.note
        case care.UnitConfirmed():
            moved, note = ("UnitConfirmed", "review"), event.note
        case care.BureauReviewed():
            moved, note = ("BureauReviewed", "approve"), event.note
        case care.FundingApproved():
            moved, note = ("Approved", "approve_again"), event.note
        case care.FundsReserved():
            moved = ("Reserved", "disburse")
        case care.FundingDisbursed():
            moved, note = ("Disbursed", "receipt"), event.reference
        case care.ReceiptConfirmed():
            moved, note = ("ReceiptConfirmed", "close"), f"{event.confirmed_by} {event.note}".strip()
        case care.FundingClosed():
            moved = ("Closed", "")
        case care.ReturnedForEvidence():
            moved, note = ("ReturnedForEvidence", "submit"), event.missing
        case care.FundingRejected() | care.FundingWithdrawn() | care.FundingLapsed() | care.FundingReversed():
            moved, note = (event.NAME.removeprefix("care.Funding"), ""), event.reason
        case _:
            return
    change: dict[str, Any] = {
        "state": moved[0],
        "step": moved[1],
        "late": "",
        "remark": note,
        "since": recorded.envelope.recorded,
        "changed": recorded.envelope.recorded,
    }
    if amount is not None:
        change["amount"] = amount
    await update(db, recorded, "fundings", "funding", event.funding, **change)
    await _step(db, recorded, event.funding, amount, note)


async def _step(db: Tables, recorded: Recorded, funding: UUID, amount: int | None, note: str) -> None:
    envelope = recorded.envelope
    await db.execute(
        "INSERT INTO funding_steps VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        funding,
        envelope.stream_version,
        recorded.event.NAME.removeprefix("care."),
        step_of(recorded.event),
        envelope.actor.sub,
        envelope.actor.role,
        envelope.recorded,
        amount,
        note,
    )


async def _beside(db: Tables, recorded: Recorded) -> None:
    """What is no step: evidence, recusal, lateness."""
    match recorded.event:
        case care.EvidenceAttached() as event:
            await db.execute(
                "INSERT INTO evidence VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                event.funding,
                event.sha256,
                event.size,
                event.media_type,
                event.label,
                recorded.envelope.recorded,
            )
            changed = recorded.envelope.recorded
            await update(db, recorded, "fundings", "funding", event.funding, changed=changed)
        case care.FundingRecused() as event:
            await _step(db, recorded, event.funding, None, event.reason)
            await db.execute(RECUSE, event.funding, event.account)
            await update(db, recorded, "fundings", "funding", event.funding)
        case care.FundingStepLate() as event:
            await update(db, recorded, "fundings", "funding", event.funding, late=event.level)


FUNDINGS: dict[type[Event], Handler] = {
    care.FundingDrafted: _drafted,
    **dict.fromkeys(
        (
            care.FundingSubmitted,
            care.CommunityVerified,
            care.UnitConfirmed,
            care.BureauReviewed,
            care.FundingApproved,
            care.FundsReserved,
            care.FundingDisbursed,
            care.ReceiptConfirmed,
            care.FundingClosed,
            care.ReturnedForEvidence,
            care.FundingRejected,
            care.FundingWithdrawn,
            care.FundingLapsed,
            care.FundingReversed,
        ),
        _changed,
    ),
    care.EvidenceAttached: _beside,
    care.FundingRecused: _beside,
    care.FundingStepLate: _beside,
}
