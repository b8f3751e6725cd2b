"""Ranking: pure engines behind one interface, each known by its versions."""

from collections.abc import Mapping

from services.matching.engine.plain import PlainEngine
from services.matching.engine.values import Engine, Enquiry, HelperFile, Ranking, Rule

__all__ = ["ENGINES", "NEWEST", "Engine", "Enquiry", "HelperFile", "Ranking", "Rule"]

NEWEST: Engine = PlainEngine()
"""What new rankings are made with."""

ENGINES: Mapping[tuple[str, str], Engine] = {
    (engine.rules_version, engine.weights_version): engine for engine in (NEWEST,)
}
"""Every engine that a stored ranking may have been made with, by its two versions."""
