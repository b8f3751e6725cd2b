"""Amounts as people type them, and what a case takes of its budget."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_YUAN = re.compile(r"\u00a5?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,2}))?\s*\u5143?")
LONGEST = 40
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xFFE5: 0xA5}
"""The full-width signs that an input method gives, as ASCII; the yuan sign as its narrow one."""


def fen_of(text: str) -> int | None:
    """The fen of an amount in yuan such as 1,234.5; None when it is none."""
    found = _YUAN.fullmatch(text.strip().translate(_NARROW))
    if found is None or len(text) > LONGEST:
        return None
    yuan, part = found[1].replace(",", ""), found[2] or ""
    return int(yuan) * 100 + int(part.ljust(2, "0"))


def yuan_of(fen: int) -> str:
    """As it stands in a field: 1234.50."""
    return f"{fen // 100}.{fen % 100:02d}"


class Share(NamedTuple):
    """A budget with and without one case, in fen: `others` hold or have got, `this` takes or would take."""

    amount: int
    others: int
    this: int
    held: bool
    """Whether the budget counts it already."""

    @property
    def before(self) -> int:
        """What is free without this case."""
        return self.amount - self.others

    @property
    def after(self) -> int:
        """What is free with it; below zero when it is too much."""
        return self.before - self.this


def share_of(budget: Mapping[str, Any], case: Mapping[str, Any]) -> Share:
    """What the case takes of its budget, both as the API shows them."""
    held = held_by(case)
    wanted = case["amount"] if case["step"] else 0
    return Share(budget["amount"], budget["amount"] - budget["free"] - held, held or wanted, held > 0)


def held_by(case: Mapping[str, Any]) -> int:
    """What the budget holds for the case or has paid for it, less what came back."""
    if case["state"] == "Reserved":
        return int(case["amount"])
    steps: Sequence[Mapping[str, Any]] = case["steps"]
    sign = {"FundingDisbursed": 1, "FundingReversed": -1}
    return sum(sign.get(step["what"], 0) * (step["amount"] or 0) for step in steps)
