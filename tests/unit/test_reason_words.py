"""Each code that an event's reason may be has words on the auditor's pages."""

import re
from pathlib import Path

import services.reporting.console
from services.care.reactions_cases import UNASSIGNED
from services.care.register import ENDINGS
from services.matching.domain.match_commands import RevokeReason
from services.matching.reactions import END, FREED
from shared.contracts.values import DeclineReason, ReopenReason

CODES = Path(services.reporting.console.__file__).with_name("templates") / "codes.html"
SAID_BY_A_MATCH = {"ranked_again", "moved", "dropped", "no_show", "reassigned"}
"""By its decider, when it is opened again."""


def test_each_reason_has_its_words() -> None:
    """None of them stands on a page as a program writes it."""
    known = set(re.findall(r'^  "(\w+)": _\(', CODES.read_text(encoding="utf-8"), re.MULTILINE))
    enums = {one.value for kind in (RevokeReason, ReopenReason, DeclineReason) for one in kind}
    told = {*END.values(), *FREED.values(), *ENDINGS.values(), UNASSIGNED, *SAID_BY_A_MATCH}
    assert enums | told <= known
