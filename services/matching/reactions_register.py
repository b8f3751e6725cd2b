"""What happens to matches and pairings when the register says something."""

from uuid import UUID

from services.matching.arranging import close
from services.matching.domain.helper import HELPER
from services.matching.domain.helper_commands import DeclareRecusal
from services.matching.domain.match import MATCH
from services.matching.domain.match_commands import MoveMatch
from services.matching.domain.pairing import PAIRING, Bind, Live, Unbind, pairing_of
from services.matching.index import index_of
from services.matching.views_copies import files
from shared.contracts import intake
from shared.contracts import matching as m
from shared.contracts.values import CadreSide
from shared.eventstore.work import Work


async def end_for_deceased(event: intake.CadreDeceased, work: Work) -> None:
    """All matches are closed and all pairings end."""
    for request in await _open_requests(event.cadre, work):
        await close(request, "deceased", work)
    index = index_of(work.store)
    await index.fresh(work.store)
    for cadre in await files(work.db, event.cadre):
        for helper in index.files.paired_with(cadre):
            await work.execute(PAIRING, pairing_of(helper, cadre), Unbind(reason="deceased"))


async def end_late_pairing(event: m.PairingBegun, work: Work) -> None:
    """A pairing that crossed the news of the cadre's death ends."""
    deceased = await work.db.fetchval("SELECT deceased FROM cadres WHERE cadre = $1", event.cadre)
    if deceased:
        await work.execute(PAIRING, event.pairing, Unbind(reason="deceased"))


async def follow_move(event: intake.CadreMoved, work: Work) -> None:
    """Open matches are ranked again from the new home. Who has accepted still comes; see `begin_round`."""
    for request in await _open_requests(event.cadre, work):
        match = await work.load(MATCH, request)
        if match is not None:
            side = match.facts.side or CadreSide()
            home = event.residence.home if event.residence else None
            moved = side.model_copy(update={"home": home})
            await work.execute(MATCH, request, MoveMatch(community=event.community, side=moved))


async def join_pairings(event: intake.CadresMerged, work: Work) -> None:
    """What bound or barred helpers under the merged file holds for the one that stays."""
    snapshot = await index_of(work.store).fresh(work.store)
    for file in tuple(snapshot.roster):
        if event.merged in file.paired and event.cadre not in file.paired:
            pairing = pairing_of(file.helper, event.cadre)
            known = await work.load(PAIRING, pairing)
            if not isinstance(known, Live):
                bond = Bind(helper=file.helper, cadre=event.cadre, community=file.facts.community)
                await work.execute(PAIRING, pairing, bond)
        if event.merged in file.facts.recused and not file.left:
            recusal = DeclareRecusal(cadre=event.cadre, reason="files merged")
            await work.execute(HELPER, file.helper, recusal)


async def _open_requests(cadre: UUID, work: Work) -> list[UUID]:
    """Under whichever file; by the copy of intake's events, never behind the event that is being handled."""
    rows = await work.db.fetch(
        "SELECT request FROM requests WHERE cadre = ANY ($1) AND NOT ended ORDER BY request",
        await files(work.db, cadre),
    )
    return [row["request"] for row in rows]
