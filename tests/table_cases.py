"""How the tests of cells ask for a refusal."""

from datetime import date

import pytest

from shared.tables.checks import Parse
from shared.tables.explained import Cell, CellError

TODAY = date(2026, 11, 23)


def refusal(parse: Parse, cell: Cell) -> CellError:
    with pytest.raises(CellError) as caught:
        parse(cell, TODAY)
    error = caught.value
    assert all((error.reason.zh, error.reason.en, error.todo.zh, error.todo.en))
    return error
