"""The page of figures: each measure has its table, and keeps it when others are measured again."""

from pathlib import Path

import pytest

from bench.measure import Line, Series, Target
from bench.report import BEGIN, END, Machine, NoMarkersError, write

MACHINE = Machine("2026-06-01", "a CPU", 2, 4.0, "Linux", "3.11", "18.4")


def line(what: str, ours: float, note: str = "") -> Line:
    """One with this figure against ten."""
    return Line(what, Series((ours,)), "ten", Series((10.0,)), "s", Target("at least", 0.5), note)


def test_only_what_was_measured_is_written_anew(tmp_path: Path) -> None:
    """In the order of the page, with what stands around the tables untouched."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\n{END}\nafter\n")
    write(page, MACHINE, {"first": [line("one", 5.0, "slow")], "second": [line("two", 6.0)]})
    write(page, MACHINE, {"first": [line("one", 4.0, "slower")], "third": [line("three", 9.0)], "none": []})
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith(f"{END}\nafter\n")
    assert [row for row in text.splitlines() if row.startswith("###")] == [
        "### first",
        "### second",
        "### third",
    ]
    assert [row for row in text.splitlines() if row.startswith(("| t", "| one"))] == [
        "| one | 4 s (4…4) | ten | 10 s (10…10) | 0.4 (0.4…0.4) | ≥ 0.5 × | **not met** |",
        "| two | 6 s (6…6) | ten | 10 s (10…10) | 0.6 (0.6…0.6) | ≥ 0.5 × | met |",
        "| three | 9 s (9…9) | ten | 10 s (10…10) | 0.9 (0.9…0.9) | ≥ 0.5 × | met |",
    ]
    assert "- one: slower\n" in text
    assert "- one: slow\n" not in text


def test_a_page_without_a_place_for_figures_is_told(tmp_path: Path) -> None:
    """And left as it is."""
    page = tmp_path / "page.md"
    page.write_text("nothing\n")
    with pytest.raises(NoMarkersError):
        write(page, MACHINE, {"first": [line("one", 5.0)]})
    assert page.read_text() == "nothing\n"
