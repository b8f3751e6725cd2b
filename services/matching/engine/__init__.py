"""Ranking: pure engines behind one interface, each known by its versions."""

from collections.abc import Mapping

from services.matching.engine.ranking import Engine
from services.matching.engine.roster import Roster
from services.matching.engine.values import Enquiry, HelperFile, Judged, Ranking, Rule

__all__ = ["ENGINES", "NEWEST", "Engine", "Enquiry", "HelperFile", "Judged", "Ranking", "Roster", "Rule"]

NEWEST = Engine()
"""What new rankings are made with."""

ENGINES: Mapping[tuple[str, str], Engine] = {
    (engine.rules_version, engine.weights_version): engine for engine in (NEWEST,)
}
"""Every engine that a stored ranking may have been made with, by its two versions."""
