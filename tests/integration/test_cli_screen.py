"""What the verbs show of a running system, and the commands that they hand on."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.app import CHECKOUT
from tests.command_line import Up, running, verb


@pytest.fixture(scope="module")
def demo(open_folder: Path) -> Iterator[Up]:
    """An empty demo whose folder has a blank in its name."""
    with running(open_folder / "a demo", "--virtual") as up:
        yield up


def test_a_command_on_the_screen_can_be_pasted(demo: Up) -> None:
    """The first that `up` names, and what a refusal names, with the folder as it was given."""
    _, _, tail = demo.said.partition("Try next")
    first = next(line for line in tail.splitlines() if "./jiujin" in line)
    assert verb(*shlex.split(first)[1:]).returncode == 0
    told = demo.verb("parked", "show", "care:1").stderr
    assert verb(*shlex.split(told.split("`")[1])[1:]).stdout == "Nothing is parked, nothing waits.\n"


def test_what_the_columns_of_a_status_mean_stands_below_them(demo: Up) -> None:
    """Each of them, in 80 columns; for the longest of them there is a page."""
    lines = demo.verb("status").stdout.splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith("version "))
    head = next(line for line in lines if line.startswith("service"))
    below = "\n".join(lines[place:])
    assert all(f"\n{column} " in f"\n{below}" for column in head.split()[1:])
    assert all(len(line) <= 80 for line in lines[place:])
    assert CHECKOUT.joinpath("docs/how-to/find-a-stall.md").exists()
    assert "docs/how-to/find-a-stall.md" in below
    assert "stall" in verb("status", "--help").stdout


def test_events_say_who_it_was(demo: Up) -> None:
    """In words on the screen, as recorded in JSON."""
    shown = demo.verb("events", "--last", "1").stdout
    assert "intake, by itself: sets up the catalogue" in shown
    assert '"system:intake/define_services"' in demo.verb("events", "--last", "1", "--json").stdout


@pytest.mark.parametrize("words", [["list"], []])
def test_the_data_folder_may_stand_before_the_subcommand(demo: Up, words: list[str]) -> None:
    """And behind it."""
    option = ["--data", str(demo.data)]
    assert verb("parked", *option, *words, "--json").stdout == "[]\n"
    assert verb("parked", *words, "--json", *option).stdout == "[]\n"
