"""Reporting's read models beside the history: who read what, and the bureau's figures."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from services.reporting.domain.casefile import of_care, of_intake
from services.reporting.domain.casefile.rows import Standing
from services.reporting.view_people import NAMES, PEOPLE
from shared.bus.recorded import Recorded
from shared.contracts import care, intake, matching
from shared.contracts.reporting import FigureRead, HistoryRead
from shared.eventstore.tables import Tables
from shared.eventstore.views import View, tables_of

TABLES = tables_of(Path(__file__).with_name("views.sql"))
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def _read(db: Tables, recorded: Recorded) -> None:
    event, envelope = recorded.event, recorded.envelope
    if isinstance(event, HistoryRead | FigureRead):
        await db.execute(
            "INSERT INTO readings VALUES ($1, (SELECT min(number) FROM archive.arrivals WHERE id = $9),"
            " $2, $3, $4, $5, $6, $7, $8)",
            event.reading,
            envelope.recorded,
            envelope.actor.sub,
            envelope.actor.role,
            event.of if isinstance(event, HistoryRead) else None,
            event.what,
            event.query,
            event.why if isinstance(event, HistoryRead) else "",
            envelope.id,
        )


async def _request(db: Tables, recorded: Recorded) -> None:
    """The request's state as in the case file, and when it reached what is measured."""
    event, at = recorded.event, recorded.envelope.recorded
    row = of_intake.ROWS[type(event)]
    request = getattr(event, row.by)
    known = await db.fetchrow("SELECT base, pauses FROM figure_requests WHERE request = $1", request)
    standing = (Standing(known["base"], known["pauses"]) if known else Standing()).after(row, event)
    await db.execute(
        "INSERT INTO figure_requests (request, state, base, pauses) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (request) DO UPDATE SET state = excluded.state, base = excluded.base, "
        "pauses = excluded.pauses",
        request,
        standing.state,
        standing.base,
        list(standing.pauses),
    )
    match event:
        case intake.RequestReceived():
            urgency = event.urgency.value if event.urgency else ""
            await db.execute(
                "UPDATE figure_requests SET community = $2, service = $3, urgency = $4, received = $5 "
                "WHERE request = $1",
                event.request,
                event.community,
                event.service,
                urgency,
                at,
            )
        case intake.RequestTriaged():
            await db.execute(
                "UPDATE figure_requests SET community = $2, service = $3, urgency = $4 WHERE request = $1",
                event.request,
                event.community,
                event.service,
                event.urgency.value,
            )
        case intake.RequestHandedOver():
            await db.execute(
                "UPDATE figure_requests SET community = $2 WHERE request = $1", event.request, event.community
            )
        case intake.RequestAssigned():
            await db.execute(
                "UPDATE figure_requests SET assigned = coalesce(assigned, $2) WHERE request = $1",
                event.request,
                at,
            )
        case intake.RequestClosed():
            await db.execute("UPDATE figure_requests SET closed = $2 WHERE request = $1", event.request, at)
        case intake.RequestReopened():
            await db.execute("UPDATE figure_requests SET closed = NULL WHERE request = $1", event.request)


async def _deadline(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, intake.DeadlinePassed):
        await db.execute(
            "INSERT INTO figure_deadlines VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            event.request,
            event.stage.value,
            event.level.value,
        )


async def _hours(db: Tables, recorded: Recorded) -> None:
    event = recorded.event
    if isinstance(event, matching.HoursCredited):
        await db.execute(
            "INSERT INTO figure_hours AS f VALUES ($1, $2, $3, 1) ON CONFLICT (helper, month) DO UPDATE SET "
            "minutes = f.minutes + excluded.minutes, visits = f.visits + 1",
            event.helper,
            _month(recorded.envelope.happened),
            event.minutes,
        )
    elif isinstance(event, matching.HoursCorrected):
        await db.execute(
            "UPDATE figure_hours SET minutes = minutes + $3 WHERE helper = $1 AND month = $2",
            event.helper,
            _month(event.credited),
            event.minutes - event.before,
        )


def _month(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date().replace(day=1)


async def _funding(db: Tables, recorded: Recorded) -> None:
    """The grant's state as in the case file; the amount is that of the last step that names one."""
    event = recorded.event
    row = of_care.ROWS[type(event)]
    await db.execute(
        "INSERT INTO figure_funding AS f (funding, state, amount) VALUES ($1, $2, coalesce($3::bigint, 0)) "
        "ON CONFLICT (funding) DO UPDATE SET amount = coalesce($3::bigint, f.amount), "
        "state = CASE WHEN $2 = '' THEN f.state ELSE $2 END",
        getattr(event, row.by),
        row.state,
        getattr(event, "amount", None),
    )
    if isinstance(event, care.FundingDrafted):
        await db.execute(
            "UPDATE figure_funding SET community = $2, fund = $3, year = $4 WHERE funding = $1",
            event.funding,
            event.community,
            event.fund,
            event.year,
        )


VIEWS = (
    View("readings", TABLES["readings"], {HistoryRead: _read, FigureRead: _read}),
    View(
        "figures",
        TABLES["figures"],
        {
            **{kind: _request for kind, row in of_intake.ROWS.items() if not row.into},
            intake.DeadlinePassed: _deadline,
            matching.HoursCredited: _hours,
            matching.HoursCorrected: _hours,
            **{kind: _funding for kind, row in of_care.ROWS.items() if row.kind == "funding"},
        },
        revision=3,
    ),
    View("names", TABLES["names"], NAMES),
    View("people", TABLES["people"], PEOPLE),
)
