"""The case file: all that is recorded of a cadre, folded by one function."""

from services.reporting.domain.casefile.file import CaseFile, Fact, Item, Step
from services.reporting.domain.casefile.fold import (
    NOT_SHOWN,
    ROWS,
    evolve,
    fold,
    happened_by,
    onward,
    ordered,
)
from services.reporting.domain.casefile.register import EVENTS as OF_REGISTER
from services.reporting.domain.casefile.shown import differences, shown

__all__ = [
    "NOT_SHOWN",
    "OF_REGISTER",
    "ROWS",
    "CaseFile",
    "Fact",
    "Item",
    "Step",
    "differences",
    "evolve",
    "fold",
    "happened_by",
    "onward",
    "ordered",
    "shown",
]
