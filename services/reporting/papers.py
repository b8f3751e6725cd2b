"""A history on paper: CSV that Excel opens with its Chinese intact, and plain text."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from services.reporting.entries import SHANGHAI

COLUMNS = {
    "number": ("序号", "number"),
    "happened": ("发生时间", "happened"),
    "recorded": ("记录时间", "recorded"),
    "what": ("事项", "what"),
    "by": ("经办人", "by"),
    "role": ("角色", "role"),
    "why": ("原因", "why"),
    "caused_by": ("起因", "caused by"),
    "case": ("个案", "case"),
    "cadres": ("老干部", "cadres"),
    "service": ("服务", "service"),
    "type": ("事件类型", "type"),
    "who": ("经办人编号", "who"),
    "id": ("事件编号", "event"),
    "cause": ("起因编号", "cause"),
    "corrected_by": ("更正事件", "corrected by"),
    "details": ("详情", "details"),
}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that Excel would compute; a quote in front makes it text (OWASP, CSV injection).

The last four are the wide forms, which Excel takes alike.
"""

BOM = "\ufeff"


def as_csv(entries: Sequence[Mapping[str, Any]], language: str) -> bytes:
    """UTF-8 with a byte order mark, lines end as RFC 4180 says, times in Shanghai."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow([names[0 if language == "zh" else 1] for names in COLUMNS.values()])
    for entry in entries:
        writer.writerow([_cell(_shown(name, entry[name])) for name in COLUMNS])
    return out.getvalue().encode()


def as_text(entries: Sequence[Mapping[str, Any]], language: str) -> str:
    """A paragraph an entry, for reading and printing."""
    zh = language == "zh"
    lines: list[str] = []
    for entry in entries:
        happened, recorded = (_shown(name, entry[name]) for name in ("happened", "recorded"))
        lines.append(f"{entry['number']}  {happened}  {entry['what']}")
        lines.append(f"    {'经办' if zh else 'by'} {entry['by']} ({entry['who']})")
        if recorded != happened:
            lines.append(f"    {'记录于' if zh else 'recorded'} {recorded}")
        if entry["why"]:
            lines.append(f"    {'原因' if zh else 'why'}: {_one_line(entry['why'])}")
        if entry["cause"]:
            lines.append(f"    {'起因' if zh else 'caused by'}: {entry['caused_by']} ({entry['cause']})")
        if entry["corrected_by"]:
            lines.append(f"    {'后来更正' if zh else 'corrected by'}: {' '.join(entry['corrected_by'])}")
        if entry["case"]:
            lines.append(f"    {'个案' if zh else 'case'} {entry['case']}")
        lines += [
            f"    {name}: {_one_line(_shown(name, value))}"
            for name, value in entry["details"].items()
            if value not in (None, "", [], {})
        ]
    return "\n".join(lines) + "\n" if lines else ""


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in ("happened", "recorded"):
        return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if name in ("cadres", "corrected_by"):
        return " ".join(value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _one_line(text: str) -> str:
    return " ".join(text.split())
