"""What an import came to, for people in their language and for programs."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from rich.table import Table

from deploy.importing.sending import Outcome

if TYPE_CHECKING:
    from rich.console import Console

Language = Literal["zh", "en"]
SHOWN = 200
"""Bad rows in the table; `--json` has them all."""

_HEADERS = {
    "zh": ("文件", "行", "栏目", "填写的内容", "原因", "怎么办"),
    "en": ("file", "row", "column", "value", "reason", "what to do"),
}


def language_of(wanted: str = "") -> Language:
    """The language asked for, else that of LANGUAGE, LC_ALL, LC_MESSAGES or LANG; English if neither."""
    names = (wanted, *(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")))
    first = next((name for name in names if name), "")
    return "zh" if first.lower().startswith("zh") else "en"


def show(outcomes: Sequence[Outcome], language: Language, console: "Console") -> None:
    """A line a file, then a table of the bad rows."""
    for outcome in outcomes:
        console.print(line(outcome, language), highlight=False)
    bad = [problem for outcome in outcomes for problem in outcome.bad]
    if not bad:
        return
    table = Table(*_HEADERS[language])
    for problem in bad[:SHOWN]:
        reason, todo = (
            (problem.reason_zh, problem.todo_zh) if language == "zh" else (problem.reason_en, problem.todo_en)
        )
        row = str(problem.row) if problem.row else ""
        table.add_row(problem.file, row, problem.header or problem.column, problem.value, reason, todo)
    console.print(table, markup=False)
    if len(bad) > SHOWN:
        more = len(bad) - SHOWN
        console.print(
            f"另有 {more} 处，见 --json。" if language == "zh" else f"… and {more} more: see --json."
        )


def line(outcome: Outcome, language: Language) -> str:
    """What became of one file."""
    rows = len({problem.row for problem in outcome.bad})
    if language == "zh":
        parts = [f"导入 {outcome.imported} 行", f"原样已有 {outcome.unchanged} 行", f"有误 {rows} 行"]
        parts += [f"因有误行未导入 {outcome.left_out} 行"] if outcome.left_out else []
        parts += [f"不认识的栏目：{'、'.join(outcome.ignored)}"] if outcome.ignored else []
        return f"{outcome.file}:{','.join(parts)}"
    parts = [f"{outcome.imported} rows imported", f"{outcome.unchanged} there already", f"{rows} bad"]
    parts += [f"{outcome.left_out} good ones left out because of them"] if outcome.left_out else []
    parts += [f"columns not known: {', '.join(outcome.ignored)}"] if outcome.ignored else []
    return f"{outcome.file}: {', '.join(parts)}"


def as_dict(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "good": all(outcome.good for outcome in outcomes),
        "files": [asdict(outcome) for outcome in outcomes],
    }
