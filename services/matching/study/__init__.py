"""How cascades are compared: a simulation that people run; the service itself never does."""

from services.matching.study.answering import Answering, Drawn, Outcome, draw, simulate
from services.matching.study.comparing import (
    ANSWERING,
    BEFORE,
    TARGETS,
    Compared,
    Target,
    candidates,
    chosen,
    compare,
    deadline,
    sensitivity,
)

__all__ = [
    "ANSWERING",
    "BEFORE",
    "TARGETS",
    "Answering",
    "Compared",
    "Drawn",
    "Outcome",
    "Target",
    "candidates",
    "chosen",
    "compare",
    "deadline",
    "draw",
    "sensitivity",
    "simulate",
]
