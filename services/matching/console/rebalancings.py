"""The rebalancing proposal: before and after, accepted in whole or in part, consents recorded."""

from collections import Counter
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.matching.api import rebalancings as api
from services.matching.console.board import PAGES
from services.matching.console.forms import command, new_key, sent, told
from services.matching.domain.rebalancing import (
    AcceptMoves,
    ConsentToMove,
    DeclineMove,
    DropMoves,
    UndoMoves,
)
from shared.console.session import Back, Visit, see
from shared.errors import UnknownError

router = APIRouter()
DEEDS: dict[str, tuple[Any, Any]] = {
    "accept": (api.accept, AcceptMoves),
    "drop": (api.drop, DropMoves),
    "undo": (api.undo_moves, UndoMoves),
    "consent": (api.consent, ConsentToMove),
    "decline": (api.decline, DeclineMove),
}
WORDS = frozenset({*DEEDS, "made"})
LASTS = frozenset({"Proposed", "Accepted", "Made"})
"""Moves that are made, or may be."""
ROWS = 50
First = Annotated[int, Query(alias="from", ge=0, le=api.MOST_MOVES)]
"""Behind so many moves the page begins."""


@router.get("/rebalancings")
async def rebalancings_page(request: Request, visit: Visit, cursor: str = "") -> Response:
    """All proposals, the newest first."""
    found = await api.list_rebalancings(visit.reading, limit=20, cursor=cursor or None)
    return PAGES.answer(
        request, "rebalancings.html", visit, found=found, key=new_key, may=visit.may("MakeRebalancing")
    )


@router.post("/rebalancings")
async def propose(request: Request, visit: Visit) -> Response:
    """The best moves of now."""
    form = await sent(request, visit)
    done = told(await api.propose(command(api.MakeRebalancing, form.fields), form.call))
    return see(f"/matching/rebalancings/{done['id']}?did=made&after={done['position']}")


@router.get("/rebalancings/{rebalancing}")
async def rebalancing_page(
    request: Request, rebalancing: UUID, visit: Back, did: str = "", first: First = 0
) -> Response:
    """One proposal: what each community has, should have and would have, and the moves."""
    shown = await api.get_rebalancing(rebalancing, visit.reading, Response())
    rows = _before_and_after(shown)
    return PAGES.answer(
        request,
        "rebalancing.html",
        visit,
        it=shown,
        names={one["community"]: one["name"] or "" for one in shown["reckoned"]},
        rows=rows,
        most=max((row[name] for row in rows for name in ("members", "target", "after")), default=0) or 1,
        undecided=any(move["state"] == "Proposed" for move in shown["proposed"]),
        first=first,
        size=ROWS,
        key=new_key,
        did=did if did in WORDS else "",
        may=visit.may("AcceptMoves"),
        may_answer=visit.may("ConsentToMove"),
    )


def _before_and_after(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Of each community and association: members before, what would be right, members after the moves."""
    change: Counter[tuple[Any, str]] = Counter()
    for move in shown["proposed"]:
        if move["state"] in LASTS:
            change[move["source"], move["association"]] -= 1
            change[move["destination"], move["association"]] += 1
    return [
        {
            "name": one["name"] or "",
            "association": share["association"],
            "cadres": one["cadres"],
            "hardships": one["hardships"],
            "members": share["members"],
            "target": share["target"],
            "after": share["members"] + change[one["community"], share["association"]],
        }
        for one in shown["reckoned"]
        for share in one["shares"]
    ]


@router.post("/rebalancings/{rebalancing}/{deed}")
async def do(request: Request, rebalancing: UUID, deed: str, visit: Visit) -> Response:
    """Decide moves or note an answer, and back to the same page of the proposal."""
    if deed not in DEEDS:
        raise UnknownError(what="page")
    form = await sent(request, visit)
    act, kind = DEEDS[deed]
    fields = {**form.fields, "helpers": tuple(form.several.get("helpers", ()))}
    done = told(await act(rebalancing, command(kind, fields), form.call))
    first = form.fields.get("from", "")
    page = f"&from={first}" if first.isdecimal() else ""
    return see(f"/matching/rebalancings/{rebalancing}?did={deed}&after={done['position']}{page}")
