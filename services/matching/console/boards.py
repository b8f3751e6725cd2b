"""The live board, and its stream."""

from collections import defaultdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.matching.console.board import COLUMNS, PAGES, board_of
from services.matching.console.panel import panel_of
from shared.console.live import MOST, Scope, Shown
from shared.console.session import Visit, VisitContext, see
from shared.console.stream import Stream

router = APIRouter()
_OWN = 'SELECT name FROM communities WHERE community = ANY ($1) ORDER BY name COLLATE "C"'
Opened = Annotated[UUID | None, Query(alias="open")]


@router.get("/")
async def board_page(request: Request, visit: Visit, opened: Opened = None) -> Response:
    """All requests of one's communities that aren't over, beside them the one that is open.

    Whoever has no board has offers.
    """
    if not visit.may("read_matches"):
        return see("/matching/offers")
    board, scope = board_of(visit.running), _scope(visit)
    await board.refresh()
    mark = board.mark  # of these rows, before the panel is read: others move the board on meanwhile
    lists: dict[str, list[tuple[UUID, Shown]]] = defaultdict(list)
    for key, shown in board.rows(scope):
        lists[shown.place].append((key, shown))
    own = await visit.reading.pool.fetch(_OWN, list(scope)) if scope else []
    facts: dict[str, Any] = await panel_of(visit, opened) if opened else {}
    return PAGES.answer(
        request,
        "board.html",
        visit,
        columns=[(place, lists[place][:MOST], len(lists[place])) for place in COLUMNS],
        mark=mark,
        own=[row["name"] for row in own],
        opened=opened,
        **facts,
    )


@router.get("/stream")
async def stream(visit: Visit, mark: str = "") -> Response:
    """What has changed since `mark`, as it changes."""
    board = board_of(visit.running)
    await board.begin()
    return Stream(board, visit, _scope(visit), mark)


def _scope(visit: VisitContext) -> Scope:
    communities = visit.reading.communities("read_matches")
    return None if communities is None else frozenset(communities)
