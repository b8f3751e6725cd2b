"""Ranking: a pure engine, known by the versions of its rules and weights."""

from services.matching.engine.ranking import ALIKE, RULES, Engine
from services.matching.engine.roster import Roster
from services.matching.engine.values import Enquiry, HelperFile, Judged, Ranking, Record, Rule

__all__ = [
    "ALIKE",
    "RULES",
    "Engine",
    "Enquiry",
    "HelperFile",
    "Judged",
    "Ranking",
    "Record",
    "Roster",
    "Rule",
]
