"""What was reported of a visit that is done, and how it is put right."""

from dataclasses import dataclass
from typing import Any

from services.care.domain.visit_commands import CorrectReport, SameReportError
from shared.contracts import care


@dataclass(frozen=True, slots=True)
class Report:
    """What holds now."""

    minutes: int
    solved: bool
    needs: frozenset[str]
    outcome: str
    medical: str


def report_of(event: care.VisitDone) -> Report:
    """The report as it came."""
    return Report(event.minutes, event.solved, frozenset(event.needs), event.outcome, event.medical)


def put_right(report: Report, event: care.VisitCorrected) -> Report:
    """The report after a correction."""
    return Report(
        event.minutes,
        event.solved,
        frozenset(event.needs),
        event.outcome,
        report.medical if event.medical is None else event.medical,
    )


def correction(report: Report, command: CorrectReport, about: dict[str, Any]) -> care.VisitCorrected:
    """The event that puts it right; SameReportError when nothing would change."""
    corrected = care.VisitCorrected(
        **about,
        **command.model_dump(exclude={"happened", "medical"}),
        added=tuple(need for need in command.needs if need not in report.needs),
        medical=None if command.medical == report.medical else command.medical,
    )
    if put_right(report, corrected) == report:
        raise SameReportError
    return corrected
