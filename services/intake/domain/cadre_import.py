"""What a table's row makes of a register file."""

from datetime import date
from typing import assert_never

from services.intake.domain import cadre_commands as wish
from services.intake.domain import cadre_refusals as refusal
from services.intake.domain.cadre_file import (
    Admitted,
    Cadre,
    Deceased,
    File,
    Merged,
    Provisional,
    Registered,
    evolve,
)
from shared.contracts import intake as told
from shared.contracts.event import Event
from shared.contracts.values import Residence, Validity
from shared.eventstore.decider import Moment

IMPORTED = "表格导入 import"
"""Why a file was corrected, when a table's row says something new."""


def imported(state: Cadre | None, command: wish.ImportCadre, moment: Moment, today: date) -> list[Event]:
    """What a row tells that the file doesn't say yet; the dead and the merged are left alone."""
    match state:
        case Merged() | Deceased():
            return []
        case None:
            events: list[Event] = [
                told.CadreRegistered(
                    cadre=moment.aggregate,
                    community=command.community,
                    standing=command.standing,
                    details=command.details,
                    valid_from=today,
                )
            ]
            file = evolve(None, events[0]).file
        case Provisional() | Registered() | Admitted():
            file = state.file
            if file.fingerprint == command.fingerprint:
                return []
            events = _told_anew(file, command, today)
        case _:
            assert_never(state)
    if any(not today <= hardship.until <= today + wish.LONGEST for hardship in command.hardships):
        raise refusal.ExpiryMissingError("hardships")
    held = {(one.flag, one.validity.valid_to) for one in file.assessments}
    events += [
        told.HardshipAssessed(
            cadre=file.cadre,
            community=command.community,
            assessment=moment.new_id("assessment", file.cadre, hardship.flag.value),
            flag=hardship.flag,
            assessor=moment.by.sub,
            validity=Validity(valid_from=today, valid_to=hardship.until),
        )
        for hardship in command.hardships
        if (hardship.flag, hardship.until) not in held
    ]
    if command.guarantors and command.guarantors != file.guarantors:
        events.append(
            told.GuarantorsNamed(
                cadre=file.cadre, guarantors=command.guarantors, validity=Validity(valid_from=today)
            )
        )
    return [*events, told.CadreImported(cadre=file.cadre, fingerprint=command.fingerprint)]


def _told_anew(file: File, command: wish.ImportCadre, today: date) -> list[Event]:
    events: list[Event] = []
    if file.standing is None:
        events.append(
            told.PersonIdentified(
                cadre=file.cadre,
                community=command.community,
                standing=command.standing,
                details=command.details,
                valid_from=today,
            )
        )
        return events
    if command.community != file.community:
        residence = Residence(address=command.details.address, home=command.details.home)
        events.append(
            told.CadreMoved(
                cadre=file.cadre,
                left=file.community,
                community=command.community,
                residence=residence,
                valid_from=today,
            )
        )
    if (command.standing, command.details) != (file.standing, file.details):
        events.append(
            told.DetailsCorrected(
                cadre=file.cadre,
                corrects=None,
                standing=command.standing,
                details=command.details,
                reason=IMPORTED,
            )
        )
    return events
