"""Finding a person: as one types, and by the number of an incoming call; each hit says why it is one."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Query

from services.intake.api.cadre_lists import LAST
from services.intake.api.showing import today
from services.intake.sought import Why, Word, community_words, number, sought, terms
from shared.http.reading import Page, ReadContext, Reading, shown

router = APIRouter(tags=["cadres"])
MOST = 12
AHEAD = 60
"""Words looked at for the hits of one search: several may be the same person's."""

_BY_WORD = """
SELECT w.word, w.why, coalesce(c.merged_into, c.id) AS cadre
FROM cadre_words w JOIN cadres c ON c.id = w.cadre
WHERE w.word >= $1 AND w.word < $2 AND ($3::uuid[] IS NULL OR c.community = ANY ($3)){further}
ORDER BY w.word, w.cadre, w.why LIMIT $4"""

_BY_COMMUNITY = """
SELECT m.name AS word, 'community' AS why, coalesce(c.merged_into, c.id) AS cadre
FROM cadres c JOIN communities m ON m.id = c.community
WHERE c.community = ANY ($1) AND $2 <> '' AND ($3::uuid[] IS NULL OR c.community = ANY ($3)){further}
ORDER BY c.pinyin, c.id LIMIT $4"""

_FURTHER = """
  AND (c.community = ANY (${at}::uuid[]) OR c.id IN (
       SELECT v.cadre FROM cadre_words v WHERE v.word >= ${begin} AND v.word < ${end}))"""

_BY_NUMBER = """
SELECT w.word, w.why, coalesce(c.merged_into, c.id) AS cadre
FROM cadre_words w JOIN cadres c ON c.id = w.cadre
WHERE w.word = $1 AND w.why IN ('phone', 'guarantor') AND ($2::uuid[] IS NULL OR c.community = ANY ($2))
ORDER BY w.why DESC, c.pinyin, c.id LIMIT $3"""

_HITS = """
SELECT c.id, c.state, c.community, m.name AS community_name, c.name, c.standing, c.details, c.guarantors,
    ARRAY(SELECT DISTINCT a.flag FROM assessments a WHERE a.cadre = c.id AND a.state <> 'corrected'
          AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2) ORDER BY a.flag) AS flags,
    (SELECT count(*) FROM requests r WHERE r.cadre = c.id AND r.open) AS open_requests
FROM cadres c LEFT JOIN communities m ON m.id = c.community
WHERE c.id = ANY ($1) AND ($3::uuid[] IS NULL OR c.community = ANY ($3))"""

Hits = dict[UUID, Word]


class _Term(NamedTuple):
    """A word of the search, and the communities that it names."""

    word: str
    communities: list[UUID]


@router.get("/cadres/find")
async def find_cadres(
    reading: Reading,
    q: Annotated[str, Query(max_length=60, description="what somebody has typed so far")] = "",
) -> Page[dict[str, Any]]:
    """The twelve nearest people, and in `why` for each: the word by which it was found and what that is.

    Names, pinyin, initials, other readings of the surname, phones, the last four digits, ID numbers,
    pieces of the address, communities; several words with spaces between are all to be met.
    """
    scope = reading.communities("read_cadres")
    whole, parts = sought(q), terms(q)
    if whole is None:
        return Page(items=[])
    names = await reading.pool.fetch("SELECT id, name FROM communities")
    hits = await _met(reading, scope, [_term(whole, names)])
    if len(parts) > 1 and len(hits) < MOST:
        wanted = [_term(part, names) for part in parts]
        narrowest_first = sorted(wanted, key=lambda term: (bool(term.communities), -len(term.word)))
        found = await _met(reading, scope, narrowest_first)
        hits |= {cadre: why for cadre, why in found.items() if cadre not in hits}
    return await _page(reading, scope, hits)


@router.get("/cadres/by-number")
async def find_by_number(
    reading: Reading,
    number_: Annotated[str, Query(alias="number", min_length=3, max_length=40, description="as it is shown")],
) -> Page[dict[str, Any]]:
    """Those who have this telephone number, then those for whom a guarantor has it."""
    scope = reading.communities("read_cadres")
    rows = await reading.pool.fetch(_BY_NUMBER, number(number_), scope, MOST)
    return await _page(reading, scope, _hits(rows))


def _term(word: str, names: Iterable[Any]) -> _Term:
    named = [row["id"] for row in names if any(one.startswith(word) for one in community_words(row["name"]))]
    return _Term(word, named)


async def _met(reading: ReadContext, scope: list[Any] | None, wanted: Sequence[_Term]) -> Hits:
    """Who meets all terms, the first by a word or else by the community that it names."""
    first, *others = wanted
    further, more = "", list[object]()
    for at, term in enumerate(others):
        begin = 5 + 3 * at
        further += _FURTHER.format(at=begin, begin=begin + 1, end=begin + 2)
        more += [term.communities, term.word, term.word + LAST]
    by_word = await reading.pool.fetch(
        _BY_WORD.format(further=further), first.word, first.word + LAST, scope, AHEAD, *more
    )
    by_community: list[Any] = []
    if first.communities and len(_hits(by_word)) < MOST:
        by_community = await reading.pool.fetch(
            _BY_COMMUNITY.format(further=further), first.communities, first.word, scope, MOST, *more
        )
    return _hits([*by_word, *by_community])


def _hits(rows: Iterable[Any]) -> Hits:
    found: Hits = {}
    for row in rows:
        found.setdefault(row["cadre"], Word(row["word"], Why(row["why"])))
    return found


async def _page(reading: ReadContext, scope: list[Any] | None, hits: Hits) -> Page[dict[str, Any]]:
    """The hits in their order, as a list shows them."""
    nearest = list(hits)[:MOST]
    rows = await reading.pool.fetch(_HITS, nearest, today(reading), scope)
    known = {row["id"]: shown(row, "standing", "details", "guarantors") for row in rows}
    return Page(items=[known[one] | {"why": hits[one]._asdict()} for one in nearest if one in known])
