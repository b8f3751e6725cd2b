"""What can be done with a file of the register, by its word in the address: for whom, and when."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import Response

from services.intake.api import cadres as api
from services.intake.api.photos import remove_photo
from services.intake.api.showing import may
from services.intake.console import filing
from services.intake.console.filing import DETAILS, GUARANTORS, STANDING, plain
from services.intake.domain import cadre_commands as wish
from shared.contracts.command import Command
from shared.http.reading import ReadContext
from shared.roles import Resource

PHOTO = "photo"
"""The word of the form that sends a file."""


class Verb(NamedTuple):
    """A command, what does it, its form's fields, and how these tell the command."""

    command: type[Command]
    do: Callable[..., Awaitable[Response]]
    fields: tuple[str, ...] = ()
    told: Callable[[Mapping[str, str], Mapping[str, Any]], dict[str, Any]] = plain()


_TIME = ("valid_from", "valid_to")
_PLACE = ("community", "address", "longitude", "latitude", "valid_from")
VERBS: Mapping[str, Verb] = {
    "identify": Verb(
        wish.IdentifyPerson, api.identify_person, ("community", *STANDING, *DETAILS), filing.entered
    ),
    "discharge": Verb(wish.DischargeCadre, api.discharge_cadre),
    "retract-death": Verb(wish.RetractDeath, api.retract_death, ("reason",), plain("reason")),
    "follow-up": Verb(wish.FollowUpRetraction, api.follow_up_retraction, ("note",), plain("note")),
    "details": Verb(wish.CorrectDetails, api.correct_details, (*DETAILS, "reason"), filing.details_corrected),
    "standing": Verb(
        wish.CorrectDetails, api.correct_details, (*STANDING, "reason"), filing.standing_corrected
    ),
    "assess": Verb(
        wish.AssessHardship, api.assess_hardship, ("flag", "note", "corrects", *_TIME), filing.assessed
    ),
    "withdraw": Verb(
        wish.WithdrawHardship,
        api.withdraw_hardship,
        ("assessment", "until", "reason"),
        plain("assessment", "until", "reason"),
    ),
    "guarantors": Verb(wish.NameGuarantors, api.name_guarantors, (*GUARANTORS, *_TIME), filing.guaranteed),
    "move": Verb(wish.MoveCadre, api.move_cadre, _PLACE, filing.moved),
    "admit": Verb(wish.AdmitCadre, api.admit_cadre, ("hospital",), plain("hospital")),
    "photo-away": Verb(wish.RemovePhoto, remove_photo),
    "consent": Verb(wish.RecordConsent, api.record_consent, ("family_reads_medical",), filing.consented),
    "death": Verb(wish.RecordDeath, api.record_death, ("on", "sure"), filing.died),
}
_OVER = {"corrected", "withdrawn", "expired"}


def standing_assessments(file: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those that can be ended or put right."""
    return [one for one in file["assessments"] if one["state"] not in _OVER]


def possible(reading: ReadContext, file: Mapping[str, Any], todos: Sequence[Mapping[str, Any]]) -> list[str]:
    """The verbs that the file's state and the reader's role let one try, as a page offers them."""
    state, known = file["state"], file["standing"] is not None
    merged, dead = state == "Merged", state == "Deceased"
    living = not merged and not dead
    when = {
        "identify": living and not known,
        "discharge": state == "Admitted",
        "retract-death": dead,
        "follow-up": any(one["kind"] == "death_retracted" for one in todos),
        "details": not merged,
        "standing": not merged and known,
        "photo-away": living and bool(file["photo"]),
        "withdraw": living and bool(standing_assessments(file)),
        "admit": living and state != "Admitted",
    }
    return [
        verb
        for verb, known_as in VERBS.items()
        if when.get(verb, living) and may(reading, known_as.command.__name__, resource_of(file))
    ]


def may_merge(reading: ReadContext, file: Mapping[str, Any]) -> bool:
    """Whether the reader may say that it is the file of somebody else in the register."""
    return file["state"] != "Merged" and may(reading, wish.MergeCadres.__name__, resource_of(file))


def may_picture(reading: ReadContext, file: Mapping[str, Any]) -> bool:
    """Whether the reader may put a photo on it."""
    living = file["state"] not in ("Merged", "Deceased")
    return living and may(reading, wish.KeepPhoto.__name__, resource_of(file))


def resource_of(file: Mapping[str, Any]) -> Resource:
    """What permissions look at."""
    return Resource(community=file["community"], cadre=file["id"], unit=file["unit"])
