"""The register as lists and search see it."""

from collections.abc import Sequence
from uuid import UUID

from services.intake.domain.cadre_commands import natural_keys
from services.intake.sought import Why, Word, address_words, guarantor_words, words_of
from shared.bus.recorded import Recorded
from shared.contracts import intake
from shared.contracts.event import Event
from shared.contracts.values import Details, Residence, Standing
from shared.deadlines import SHANGHAI
from shared.eventstore.tables import Tables
from shared.eventstore.views import Handler, update
from shared.pinyin import pinyin_of


def stream_id(recorded: Recorded) -> UUID:
    """The aggregate whose stream the event stands in."""
    return UUID(recorded.envelope.stream.split("-", 1)[1])


async def stamp(db: Tables, recorded: Recorded, **columns: object) -> None:
    """Change columns of the file in whose stream the event stands; its version is the stream's."""
    await update(db, recorded, "cadres", "id", stream_id(recorded), **columns)


async def _detail(db: Tables, cadre: UUID, details: Details | None) -> None:
    if details is None:
        return
    await db.execute(
        "UPDATE cadres SET name = $2, pinyin = $3, details = $4::jsonb WHERE id = $1",
        cadre,
        details.name,
        pinyin_of(details.name),
        details.model_dump_json(),
    )
    await _find_by(db, cadre, [why for why in Why if why is not Why.GUARANTOR], words_of(details))
    await db.execute("DELETE FROM cadre_keys WHERE cadre = $1", cadre)
    await db.executemany(
        "INSERT INTO cadre_keys (key, cadre, nth) VALUES ($1, $2, $3)",
        [(key, cadre, nth) for nth, key in enumerate(natural_keys(details))],
    )


async def _find_by(db: Tables, cadre: UUID, kinds: Sequence[Why], words: Sequence[Word]) -> None:
    """These words in the place of what there was of these kinds."""
    await db.execute("DELETE FROM cadre_words WHERE cadre = $1 AND why = ANY ($2)", cadre, list(kinds))
    await db.execute(
        "INSERT INTO cadre_words (word, cadre, why) SELECT word, $1, why"
        " FROM unnest($2::text[], $3::text[]) AS given (word, why)",
        cadre,
        [word for word, _ in words],
        [why for _, why in words],
    )


async def _stand(db: Tables, cadre: UUID, standing: Standing | None) -> None:
    if standing is not None:
        await db.execute(
            "UPDATE cadres SET standing = $2::jsonb, unit = $3 WHERE id = $1",
            cadre,
            standing.model_dump_json(),
            standing.managing_unit,
        )


async def _live(
    db: Tables, recorded: Recorded, cadre: UUID, community: UUID | None, address: str, valid_from: object
) -> None:
    await db.execute("UPDATE cadres SET community = $2 WHERE id = $1", cadre, community)
    await db.execute(
        "INSERT INTO residences (cadre, community, address, valid_from, recorded)"
        " VALUES ($1, $2, $3, $4, $5)",
        cadre,
        community,
        address,
        valid_from,
        recorded.envelope.recorded,
    )


async def enter(db: Tables, recorded: Recorded) -> None:
    """A file begins."""
    event: intake.CadreRegistered | intake.ProvisionalPersonRegistered = recorded.event  # type: ignore[assignment]
    known = isinstance(event, intake.CadreRegistered)
    await db.execute(
        "INSERT INTO cadres (id, state, registered_at, version) VALUES ($1, $2, $3, 1)",
        event.cadre,
        "Registered" if known else "Provisional",
        recorded.envelope.recorded,
    )
    today = recorded.envelope.recorded.astimezone(SHANGHAI).date()
    since = event.valid_from if isinstance(event, intake.CadreRegistered) else today
    address = event.details.address if event.details else ""
    await _detail(db, event.cadre, event.details)
    if isinstance(event, intake.CadreRegistered):
        await _stand(db, event.cadre, event.standing)
    await _live(db, recorded, event.cadre, event.community, address, since)


async def identify(db: Tables, recorded: Recorded) -> None:
    """A provisional person is known now."""
    event: intake.PersonIdentified = recorded.event  # type: ignore[assignment]
    await db.execute(
        "UPDATE cadres SET state = 'Registered' WHERE id = $1 AND state = 'Provisional'", event.cadre
    )
    await _detail(db, event.cadre, event.details)
    await _stand(db, event.cadre, event.standing)
    address = event.details.address if event.details else ""
    await _live(db, recorded, event.cadre, event.community, address, event.valid_from)
    await stamp(db, recorded)


async def correct(db: Tables, recorded: Recorded) -> None:
    """The file was put right."""
    event: intake.DetailsCorrected = recorded.event  # type: ignore[assignment]
    await _detail(db, event.cadre, event.details)
    await _stand(db, event.cadre, event.standing)
    await stamp(db, recorded)


async def move(db: Tables, recorded: Recorded) -> None:
    """Another address, perhaps another community."""
    event: intake.CadreMoved = recorded.event  # type: ignore[assignment]
    residence = event.residence or Residence()
    await _live(db, recorded, event.cadre, event.community, residence.address, event.valid_from)
    await db.execute(
        "UPDATE cadres SET details = details || $2::jsonb WHERE id = $1",
        event.cadre,
        residence.model_dump_json(),
    )
    await _find_by(db, event.cadre, [Why.ADDRESS], address_words(residence.address))
    await stamp(db, recorded)


async def assess(db: Tables, recorded: Recorded) -> None:
    """A hardship holds."""
    event: intake.HardshipAssessed = recorded.event  # type: ignore[assignment]
    if event.corrects is not None:
        await db.execute("UPDATE assessments SET state = 'corrected' WHERE id = $1", event.corrects)
    await db.execute(
        "INSERT INTO assessments (id, cadre, flag, assessor, valid_from, valid_to, note)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        event.assessment,
        event.cadre,
        event.flag.value,
        event.assessor,
        event.validity.valid_from,
        event.validity.valid_to,
        event.note,
    )
    await stamp(db, recorded)


async def withdraw(db: Tables, recorded: Recorded) -> None:
    """It holds no longer than a day."""
    event: intake.HardshipWithdrawn = recorded.event  # type: ignore[assignment]
    await db.execute(
        "UPDATE assessments SET state = 'withdrawn', valid_to = $2 WHERE id = $1",
        event.assessment,
        event.until,
    )
    await stamp(db, recorded)


async def expire(db: Tables, recorded: Recorded) -> None:
    """It ran out."""
    event: intake.HardshipExpired = recorded.event  # type: ignore[assignment]
    await db.execute("UPDATE assessments SET state = 'expired' WHERE id = $1", event.assessment)
    await stamp(db, recorded)


async def guarantee(db: Tables, recorded: Recorded) -> None:
    """Who guarantees."""
    event: intake.GuarantorsNamed = recorded.event  # type: ignore[assignment]
    listed = ",".join(one.model_dump_json() for one in event.guarantors)
    await stamp(db, recorded, guarantors=f"[{listed}]", guarantee=event.validity.model_dump_json())
    await _find_by(db, event.cadre, [Why.GUARANTOR], guarantor_words(event.guarantors))


async def admit(db: Tables, recorded: Recorded) -> None:
    """In hospital."""
    event: intake.CadreAdmitted = recorded.event  # type: ignore[assignment]
    await stamp(db, recorded, state="Admitted", hospital=event.hospital)


async def discharge(db: Tables, recorded: Recorded) -> None:
    """Back."""
    event: intake.CadreDischarged = recorded.event  # type: ignore[assignment]
    await db.execute(
        "UPDATE cadres SET hospital = '',"
        " state = CASE WHEN standing IS NULL THEN 'Provisional' ELSE 'Registered' END WHERE id = $1",
        event.cadre,
    )
    await stamp(db, recorded)


async def mourn(db: Tables, recorded: Recorded) -> None:
    """Died."""
    event: intake.CadreDeceased = recorded.event  # type: ignore[assignment]
    await stamp(db, recorded, state="Deceased", deceased_on=event.on)


async def revive(db: Tables, recorded: Recorded) -> None:
    """The death was recorded in error: as before, which may be in hospital."""
    event: intake.DeathRetracted = recorded.event  # type: ignore[assignment]
    await db.execute(
        "UPDATE cadres SET deceased_on = NULL, state = CASE WHEN hospital <> '' THEN 'Admitted'"
        " WHEN standing IS NULL THEN 'Provisional' ELSE 'Registered' END WHERE id = $1",
        event.cadre,
    )
    await stamp(db, recorded)


async def merge(db: Tables, recorded: Recorded) -> None:
    """The event stands in both streams, so it comes twice."""
    event: intake.CadresMerged = recorded.event  # type: ignore[assignment]
    await db.execute(
        "UPDATE cadres SET state = 'Merged', merged_into = $2 WHERE id = $1", event.merged, event.cadre
    )
    await stamp(db, recorded)


async def consent(db: Tables, recorded: Recorded) -> None:
    """What family may read."""
    event: intake.ConsentRecorded = recorded.event  # type: ignore[assignment]
    await stamp(db, recorded, family_reads_medical=event.family_reads_medical)


async def picture(db: Tables, recorded: Recorded) -> None:
    """Which photo is on file; none once it was removed."""
    event: intake.CadrePhotoKept | intake.CadrePhotoRemoved = recorded.event  # type: ignore[assignment]
    await stamp(db, recorded, photo=event.sha256 if isinstance(event, intake.CadrePhotoKept) else "")


async def note_import(db: Tables, recorded: Recorded) -> None:
    """What the table's row told."""
    event: intake.CadreImported = recorded.event  # type: ignore[assignment]
    await stamp(db, recorded, fingerprint=event.fingerprint)


HANDLERS: dict[type[Event], Handler] = {
    intake.CadreRegistered: enter,
    intake.ProvisionalPersonRegistered: enter,
    intake.PersonIdentified: identify,
    intake.DetailsCorrected: correct,
    intake.CadreMoved: move,
    intake.HardshipAssessed: assess,
    intake.HardshipWithdrawn: withdraw,
    intake.HardshipExpired: expire,
    intake.GuarantorsNamed: guarantee,
    intake.CadreAdmitted: admit,
    intake.CadreDischarged: discharge,
    intake.CadreDeceased: mourn,
    intake.DeathRetracted: revive,
    intake.RetractionFollowedUp: stamp,
    intake.CadresMerged: merge,
    intake.ConsentRecorded: consent,
    intake.CadreImported: note_import,
    intake.CadrePhotoKept: picture,
    intake.CadrePhotoRemoved: picture,
}
