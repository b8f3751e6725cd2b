"""What happens to requests and assessments when the register says something."""

from datetime import datetime, time, timedelta
from uuid import UUID

from services.intake.domain import request_progress as progress
from services.intake.domain.cadre import CADRE
from services.intake.domain.cadre_commands import ExpireHardship
from services.intake.domain.request import REQUEST
from services.intake.sources import open_requests
from shared.contracts import intake
from shared.deadlines import SHANGHAI
from shared.eventstore.work import Work

HARDSHIP_EXPIRES = "hardship-expires"


async def time_hardship(event: intake.HardshipAssessed, work: Work) -> None:
    """The day after an assessment's last, somebody has to look again."""
    if event.corrects is not None:
        work.drop_timer(HARDSHIP_EXPIRES, event.corrects)
    if event.validity.valid_to is not None:
        after = event.validity.valid_to + timedelta(days=1)
        due = datetime.combine(after, time(), SHANGHAI)
        work.set_timer(HARDSHIP_EXPIRES, event.assessment, due, event.cadre.bytes)


async def forget_hardship(event: intake.HardshipWithdrawn, work: Work) -> None:
    """What was withdrawn doesn't expire."""
    work.drop_timer(HARDSHIP_EXPIRES, event.assessment)


async def cancel_for_death(event: intake.CadreDeceased, work: Work) -> None:
    """All open requests of the dead end."""
    await _for_all(event.cadre, work, progress.CancelForDeath())


async def look_after_again(event: intake.DeathRetracted, work: Work) -> None:
    """Assessments that ran out meanwhile are due; what the death has ended is for people to take up."""
    cadre = await work.load(CADRE, event.cadre)
    for assessment in cadre.file.assessments if cadre else ():
        await work.execute(CADRE, event.cadre, ExpireHardship(assessment=assessment.id))


async def hold_for_hospital(event: intake.CadreAdmitted, work: Work) -> None:
    """What isn't urgent waits."""
    await _for_all(event.cadre, work, progress.HoldForHospital())


async def resume_after_hospital(event: intake.CadreDischarged, work: Work) -> None:
    """What waited for the discharge goes on."""
    await _for_all(event.cadre, work, progress.ResumeAfterHospital())


async def hand_over(event: intake.CadreMoved, work: Work) -> None:
    """The new community is responsible for what is open."""
    await _for_all(event.cadre, work, progress.HandOver(community=event.community))


async def _for_all(cadre: UUID, work: Work, command: progress.SystemCommand) -> None:
    for request in await open_requests(work, cadre):
        await work.execute(REQUEST, request, command)


async def expire_hardship(about: UUID, data: bytes, work: Work) -> None:
    """An assessment has run out."""
    await work.execute(CADRE, UUID(bytes=data), ExpireHardship(assessment=about))
