"""The bureau's figures. They name no person served."""

from typing import Any

from fastapi import APIRouter

from services.reporting.domain.casefile.rows import OVER
from shared.http.reading import Reading

router = APIRouter(prefix="/figures", tags=["figures"])

_REQUESTS = """
SELECT state, service, urgency, count(*) AS requests FROM figure_requests
GROUP BY state, service, urgency ORDER BY state, service, urgency"""
_MATCHING = """
SELECT urgency, count(*) AS requests, count(assigned) AS matched,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM assigned - received)) AS median_seconds,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM assigned - received)) AS p90_seconds,
    max(extract(epoch FROM assigned - received))::float8 AS longest_seconds
FROM figure_requests GROUP BY urgency ORDER BY urgency"""
_DEADLINES = """
SELECT r.urgency, d.stage, d.level, count(*) AS requests FROM figure_deadlines d
JOIN figure_requests r USING (request) GROUP BY r.urgency, d.stage, d.level ORDER BY 1, 2, 3"""
_HOURS = """
SELECT month, count(*) AS helpers, sum(minutes)::bigint AS minutes, sum(visits)::bigint AS visits
FROM figure_hours GROUP BY month ORDER BY month"""
_HELPERS = """
SELECT helper, sum(minutes)::bigint AS minutes, sum(visits)::bigint AS visits FROM figure_hours
GROUP BY helper ORDER BY minutes DESC, helper LIMIT 100"""
_COMMUNITIES = """
SELECT r.community, count(*) AS requests, count(*) FILTER (WHERE r.state <> ALL ($1::text[])) AS open,
    count(*) FILTER (WHERE r.state = 'Closed') AS closed,
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM figure_deadlines d WHERE d.request = r.request AND d.level <> 'warned')) AS late
FROM figure_requests r GROUP BY r.community ORDER BY r.community NULLS FIRST"""
_FUNDS = """
SELECT fund, year, state, count(*) AS grants, sum(amount)::bigint AS amount FROM figure_funding
GROUP BY fund, year, state ORDER BY fund, year, state"""


async def _rows(reading: Reading, sql: str, *values: Any) -> list[dict[str, Any]]:
    reading.reach("read_figures")
    return [dict(row) for row in await reading.pool.fetch(sql, *values)]


@router.get("/requests")
async def requests(reading: Reading) -> list[dict[str, Any]]:
    """How many requests are in which state, by service and urgency."""
    return await _rows(reading, _REQUESTS)


@router.get("/matching")
async def matching(reading: Reading) -> list[dict[str, Any]]:
    """How long from the call until a helper had it, by urgency: median, nine tenths, longest."""
    return await _rows(reading, _MATCHING)


@router.get("/deadlines")
async def deadlines(reading: Reading) -> list[dict[str, Any]]:
    """How many requests came near a deadline or missed it, by stage and level."""
    return await _rows(reading, _DEADLINES)


@router.get("/hours")
async def hours(reading: Reading) -> list[dict[str, Any]]:
    """What helpers served, by month."""
    return await _rows(reading, _HOURS)


@router.get("/helpers")
async def helpers(reading: Reading) -> list[dict[str, Any]]:
    """Who served most: the first hundred."""
    return await _rows(reading, _HELPERS)


@router.get("/communities")
async def communities(reading: Reading) -> list[dict[str, Any]]:
    """Each community's load: requests, open ones, closed ones, those that missed a deadline."""
    return await _rows(reading, _COMMUNITIES, sorted(OVER))


@router.get("/funds")
async def funds(reading: Reading) -> list[dict[str, Any]]:
    """Grants by fund, year and state, amounts in fen."""
    return await _rows(reading, _FUNDS)
