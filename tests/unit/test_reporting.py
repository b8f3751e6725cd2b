"""What reporting makes of entries: sentences, paper, a tree of causes; and how it compares copies."""

import csv
import io
from dataclasses import replace
from typing import Any

from services.reporting.archive import entries_of
from services.reporting.domain.check import Row, compare
from services.reporting.domain.tree import DEEPEST, as_text, grow, nested
from services.reporting.papers import as_csv
from services.reporting.papers import as_text as on_paper
from services.reporting.wording import SENTENCES, title, untitled
from shared import contracts
from shared.bus.envelope import GENESIS, Envelope, chain
from shared.contracts.event import event_types
from tests.casefile_cases import CADRE, OTHER, received, told


def entry(number: int, cause: int | None = None, stream: str = "", **more: Any) -> dict[str, Any]:
    """An entry of a history."""
    return {
        "number": number,
        "id": str(number),
        "type": "intake.RequestReceived",
        "what": "接到求助",
        "happened": "2026-06-01T04:00:00+00:00",
        "recorded": "2026-06-01T04:00:00.000001+00:00",
        "by": "接线员 somebody",
        "who": "somebody",
        "role": "operator",
        "why": "",
        "cause": None if cause is None else str(cause),
        "caused_by": "",
        "corrected_by": [],
        "case": None,
        "cadres": [str(CADRE)],
        "service": "intake",
        "stream": stream or f"request-{number}",
        "details": {"service": "meals"},
        **more,
    }


def test_every_event_has_a_sentence_in_both_languages() -> None:
    """A new type is missing here until it has one."""
    assert contracts
    assert untitled() == []
    ours = {kind.NAME for kind in event_types()}
    assert all(zh and en for name, (zh, en) in SENTENCES.items() if name in ours)
    assert title("intake.RequestReceived", "zh") == "接到求助"
    assert title("newer.Event", "en") == "newer.Event"


def test_a_csv_opens_with_its_chinese_intact() -> None:
    """UTF-8 with a byte order mark; times in Shanghai."""
    raw = as_csv([entry(1)], "zh")
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0][:4] == ["序号", "发生时间", "记录时间", "事项"]
    assert rows[1][1:4] == ["2026-06-01 12:00:00", "2026-06-01 12:00:00", "接到求助"]


def test_no_cell_is_a_formula() -> None:
    """What Excel would compute is text: somebody may have written it into a note."""
    for evil in ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1"):
        rows = list(csv.reader(io.StringIO(as_csv([entry(1, why=evil)], "en").decode("utf-8-sig"))))
        assert rows[1][6].startswith("'")


def test_a_history_on_paper_says_why_and_by_whom() -> None:
    """One paragraph an entry; a note of several lines stays one line."""
    text = on_paper([entry(1, cause=0, why="doctor\nsaid so", caused_by="开案")], "zh")
    assert "经办 接线员 somebody (somebody)" in text
    assert "原因: doctor said so" in text
    assert "起因: 开案 (0)" in text


def test_a_tree_hangs_each_entry_on_its_cause() -> None:
    """A person's own step hangs on its stream's first entry, a new stream on the case's first."""
    entries = [
        entry(1, stream="a"),
        entry(2, 1, "b"),
        entry(3, stream="a"),
        entry(4, stream="c"),
        entry(5, 4),
    ]
    (root,) = grow(entries)
    assert [(one.entry["id"], one.link) for one in root.follows] == [
        ("2", "cause"),
        ("3", "stream"),
        ("4", "case"),
    ]
    assert root.follows[2].follows[0].entry["id"] == "5"
    lines = as_text([root]).splitlines()
    assert sum("└─" in line for line in lines) == 2
    assert lines[0] == "2026-06-01 12:00:00  接到求助  (intake.RequestReceived, 接线员 somebody)"


def test_a_long_chain_of_causes_stays_readable() -> None:
    """Beyond a depth all that follows stands side by side, none is lost, each names its cause."""
    length = 500
    (root,) = grow([entry(1), *(entry(number, number - 1) for number in range(2, length + 1))])
    ids, deepest, waiting = set(), 0, [(one, 1) for one in nested([root])]
    while waiting:
        node, depth = waiting.pop()
        ids.add(node["id"])
        deepest = max(deepest, depth)
        waiting.extend((one, depth + 1) for one in node["follows"])
    assert len(ids) == length
    assert deepest <= DEEPEST + 2
    assert len(as_text([root]).splitlines()) == length


def _rows(envelope: Envelope) -> list[tuple[str, ...]]:
    """Cadre and number of each row."""
    return [tuple(line.split("\t")[:2]) for line in entries_of(7, envelope.header).splitlines()]


def test_the_rows_of_a_history_come_from_the_header_alone() -> None:
    """One a cadre; none for what is about nobody."""
    one = told(0, received()).envelope
    assert _rows(one) == [(str(CADRE), "7")]
    both = replace(one, cadres=(CADRE, OTHER))
    assert _rows(both) == [(str(CADRE), "7"), (str(OTHER), "7")]
    assert _rows(replace(one, cadres=())) == []


def test_a_rows_text_is_taken_as_it_is() -> None:
    """What would divide or end a line in the database's text format is escaped."""
    one = replace(told(0, received()).envelope, type="other.A\tB\\C\nD")
    assert entries_of(7, one.header).split("\t")[4] == r"other.A\tB\\C\nD"


def rows(count: int, stream: str = "a") -> list[Row]:
    """A stream whose chain is whole."""
    made, previous = [], GENESIS
    for version in range(1, count + 1):
        header, data = f"h{version}".encode(), f"d{version}".encode()
        previous = chain(previous, header, data)
        made.append(Row(stream, version, header, data, previous))
    return made


def test_an_equal_copy_is_the_same() -> None:
    """Nothing missing, nothing more, each hash its bytes'."""
    found = compare(rows(3), rows(3))
    assert found.same
    assert (found.compared, found.streams) == (3, 1)


def test_what_is_missing_extra_or_different_is_named() -> None:
    """By stream and version."""
    copy, owned = rows(3), [*rows(2), *rows(1, "b")]
    owned[1] = owned[1]._replace(data=b"x")
    found = compare(copy, owned)
    assert (found.missing, found.extra, found.different) == (["b@1"], ["a@3"], ["a@2"])
    assert not found.same


def test_a_forged_event_breaks_the_chain_on_both_sides() -> None:
    """Even when both copies agree."""
    forged = rows(3)
    forged[1] = forged[1]._replace(data=b"x")
    found = compare(forged, forged)
    assert found.different == []
    assert found.broken == ["a@2"]
