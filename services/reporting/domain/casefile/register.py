"""Who the cadre is: facts with validity, and where the file stands."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.reporting.domain.casefile.file import CaseFile, Fact
from shared.contracts import intake
from shared.contracts.event import Event

EVENTS = (
    intake.CadreAdmitted,
    intake.CadreDeceased,
    intake.CadreDischarged,
    intake.CadreMoved,
    intake.CadrePhotoKept,
    intake.CadrePhotoRemoved,
    intake.CadreRegistered,
    intake.CadresMerged,
    intake.ConsentRecorded,
    intake.DeathRetracted,
    intake.DetailsCorrected,
    intake.GuarantorsNamed,
    intake.HardshipAssessed,
    intake.HardshipExpired,
    intake.HardshipWithdrawn,
    intake.PersonIdentified,
    intake.ProvisionalPersonRegistered,
)
TELLING = (
    intake.CadreMoved,
    intake.CadreRegistered,
    intake.DetailsCorrected,
    intake.GuarantorsNamed,
    intake.HardshipAssessed,
    intake.HardshipWithdrawn,
    intake.PersonIdentified,
    intake.ProvisionalPersonRegistered,
)
"""Those that tell facts with validity."""


def evolve(file: CaseFile, event_id: UUID, event: Event) -> CaseFile:
    """The file after an event of the register; events of other kinds change nothing."""
    match event:
        case intake.CadreRegistered() | intake.PersonIdentified():
            standing = Fact("standing", "", event_id, _plain(event.standing), event.valid_from)
            file = _told(file, event_id, event, event.valid_from)
            return replace(file, state="Registered", facts=(*file.facts, standing))
        case intake.ProvisionalPersonRegistered():
            return replace(_told(file, event_id, event, None), state="Provisional")
        case intake.DetailsCorrected():
            return _corrected(file, event_id, event)
        case intake.CadreMoved():
            value = {**_plain(event.residence), "community": _text(event.community)}
            moved = Fact("residence", "", event_id, value, event.valid_from)
            return replace(file, facts=(*file.facts, moved))
        case intake.HardshipAssessed():
            kept = tuple(fact for fact in file.facts if fact.about != str(event.corrects))
            value = {"flag": event.flag.value, "assessor": event.assessor, "note": event.note}
            validity = event.validity
            held = Fact(
                "hardship", str(event.assessment), event_id, value, validity.valid_from, validity.valid_to
            )
            return replace(file, facts=(*kept, held))
        case intake.HardshipWithdrawn():
            return replace(file, facts=_shortened(file, event))
        case intake.GuarantorsNamed():
            value = {"persons": [_plain(one) for one in event.guarantors]}
            validity = event.validity
            named = Fact("guarantors", "", event_id, value, validity.valid_from, validity.valid_to)
            return replace(file, facts=(*file.facts, named))
        case _:
            return _stands(file, event)


def _stands(file: CaseFile, event: Event) -> CaseFile:
    """What goes by the order of events, not by validity."""
    facts = dict(file.state_facts)
    match event:
        case intake.CadreAdmitted():
            return replace(file, state="Admitted", state_facts={**facts, "hospital": event.hospital})
        case intake.CadreDischarged():
            facts.pop("hospital", None)
            return replace(file, state=_at_home(file), state_facts=facts)
        case intake.CadreDeceased():
            return replace(file, state="Deceased", state_facts={**facts, "died": event.on.isoformat()})
        case intake.DeathRetracted():
            facts.pop("died", None)
            before = "Admitted" if "hospital" in facts else _at_home(file)
            return replace(file, state=before if file.state == "Deceased" else file.state, state_facts=facts)
        case intake.ConsentRecorded():
            agreed = event.family_reads_medical
            return replace(file, state_facts={**facts, "family_reads_medical": agreed})
        case intake.CadrePhotoKept():
            return replace(file, state_facts={**facts, "photo": event.sha256})
        case intake.CadrePhotoRemoved():
            facts.pop("photo", None)
            return replace(file, state_facts=facts)
        case intake.CadresMerged():
            other = event.cadre if event.merged == file.cadre else event.merged
            state = "Merged" if event.merged == file.cadre else file.state
            return replace(file, state=state, merged=tuple(dict.fromkeys((*file.merged, other))))
        case _:
            return file


def _at_home(file: CaseFile) -> str:
    known = any(fact.kind == "standing" for fact in file.facts)
    return "Registered" if known else "Provisional"


def _told(
    file: CaseFile,
    event_id: UUID,
    event: intake.CadreRegistered | intake.PersonIdentified | intake.ProvisionalPersonRegistered,
    since: date | None,
) -> CaseFile:
    details = Fact("details", "", event_id, _plain(event.details), since)
    lives = Fact("residence", "", event_id, {"community": _text(event.community)}, since)
    return replace(file, facts=(*file.facts, details, lives))


def _corrected(file: CaseFile, event_id: UUID, event: intake.DetailsCorrected) -> CaseFile:
    """In the place and with the validity of the fact that it corrects: the named one, else the newest."""
    facts = list(file.facts)
    for kind, value in (("details", event.details), ("standing", event.standing)):
        if value is None:
            continue
        places = [index for index, fact in enumerate(facts) if fact.kind == kind]
        named = [index for index in places if event.corrects in facts[index].tellers]
        if named or places:
            index = (named or places)[-1]
            fact = facts[index]
            facts[index] = replace(fact, value=_plain(value), corrected=(*fact.corrected, event_id))
        else:
            facts.append(Fact(kind, "", event_id, _plain(value)))
    return replace(file, facts=tuple(facts))


def _shortened(file: CaseFile, event: intake.HardshipWithdrawn) -> tuple[Fact, ...]:
    """The assessment's last day is `until`; it goes when it never held."""
    found = []
    for fact in file.facts:
        if fact.kind != "hardship" or fact.about != str(event.assessment):
            found.append(fact)
        elif fact.valid_from is None or event.until >= fact.valid_from:
            last = event.until if fact.valid_to is None else min(fact.valid_to, event.until)
            found.append(replace(fact, valid_to=last))
    return tuple(found)


def _plain(value: Any) -> Mapping[str, Any]:
    return value.model_dump(mode="json") if value is not None else {}


def _text(value: UUID | None) -> str | None:
    return str(value) if value else None
