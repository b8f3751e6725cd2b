"""Sends checked rows, and finds the row where the system still refuses one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.client import ERRORS, AnswerError, Client, Who, problem_of
from deploy.importing.held import PATHS
from shared.tables import Kind, Problem, Record, SheetError
from shared.tables.check import record_name

Item = tuple[Record, dict[str, Any]]
_PLACE = re.compile(r"items\.([0-9]+)\.?(.*)")
REFUSED = frozenset({409, 422})


@dataclass
class Rows:
    """The rows of one file on their way. `run` makes the keys of this import its own."""

    client: Client
    who: Who
    file: str
    kind: Kind
    run: str
    taken: int = 0
    unchanged: int = 0
    left_out: int = 0
    position: str = ""
    bad: list[Problem] = field(default_factory=list)
    _calls: int = 0

    async def send(self, items: Sequence[Item], *, whole: bool) -> None:
        """Send these in one transaction. What is refused is reported; unless `whole`, the rest goes in."""
        if not items:
            return
        self._calls += 1
        path = PATHS[self.kind]
        body = {"items": [item for _, item in items]}
        answer = await self.client.send(
            self.who, "POST", path, body=body, key=f"import-{self.run}-{self._calls}"
        )
        if answer.status_code < ERRORS:
            written = answer.json()
            self.position = written["position"]
            self._count(written["found"], items)
            return
        if answer.status_code not in REFUSED:
            raise AnswerError("POST", path, answer.status_code, problem_of(answer))
        problem = answer.json()
        placed = self._placed(problem, items)
        if whole or len(items) == 1:
            self.bad += placed.values() or [refused(self.file, items[0][0], problem["detail"])]
            self.left_out += len(items) - len(placed or items[:1])
            return
        if placed:
            self.bad += placed.values()
            await self.send([item for at, item in enumerate(items) if at not in placed], whole=False)
            return
        # The refusal names no row: halves find it.
        middle = len(items) // 2
        await self.send(items[:middle], whole=False)
        await self.send(items[middle:], whole=False)

    def _count(self, found: Sequence[dict[str, str]], items: Sequence[Item]) -> None:
        for (record, _), one in zip(items, found, strict=True):
            match one["outcome"]:
                case "unchanged":
                    self.unchanged += 1
                case "deceased":
                    self.bad.append(gone(self.file, record))
                case _:
                    self.taken += 1

    def _placed(self, problem: Any, items: Sequence[Item]) -> dict[int, Problem]:
        """The refused rows that the answer names, by their place in the call."""
        found: dict[int, Problem] = {}
        for error in problem.get("errors", ()):
            place = _PLACE.fullmatch(str(error["field"]))
            if place and int(place[1]) < len(items):
                record = items[int(place[1])][0]
                words = f"{place[2]}: {error['detail']}" if place[2] else str(error["detail"])
                found.setdefault(int(place[1]), refused(self.file, record, words))
        return found


def _problem(file: str, record: Record, code: str, reason: tuple[str, str], todo: tuple[str, str]) -> Problem:
    return Problem(
        file=file,
        row=record.row,
        column="",
        header="",
        value=record_name(record),
        code=code,
        reason_zh=reason[0],
        reason_en=reason[1],
        todo_zh=todo[0],
        todo_en=todo[1],
    )


def refused(file: str, record: Record, words: str) -> Problem:
    """The system refuses the row, in words of its own and in the language it was asked in."""
    return _problem(
        file, record, "refused", (words, words), ("请改正后再导入。", "Correct it and import it again.")
    )


def gone(file: str, record: Record) -> Problem:
    """The register says that the person has died."""
    return _problem(
        file,
        record,
        "deceased",
        ("登记中此人已去世。", "The register says that this person has died."),
        ("请核对；如登记有误，请在登记中更正。", "Check it; correct the register if that is wrong."),
    )


def differs(file: str, record: Record) -> Problem:
    """The register has it with another amount."""
    return _problem(
        file,
        record,
        "differs_from_register",
        ("该资金本年度已有预算，金额不同。", "This fund's year has a budget already, of another amount."),
        ("请在预算中调整，不要用导入更正。", "Adjust the budget; an import only adds."),
    )


def _of_file(file: str, code: str, reason: tuple[str, str], todo: tuple[str, str]) -> Problem:
    return Problem(file, 0, "", "", "", code, reason[0], reason[1], todo[0], todo[1])


def unreadable(file: str, error: SheetError) -> Problem:
    """The file can't be read."""
    return _of_file(file, error.code, (error.reason.zh, error.reason.en), (error.todo.zh, error.todo.en))


def too_many(file: str, most: int) -> Problem:
    """More than one transaction takes."""
    return _of_file(
        file,
        "too_many_for_one",
        (f"整体导入最多 {most} 行。", f"A file that goes in whole may have {most} rows."),
        ("请拆成几个文件。", "Split it into several files."),
    )
