"""`./jiujin explain`: what a ranking was made from, as the one who asks sees it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import Up, refused, running

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def asked(open_folder: Path) -> Iterator[Up]:
    """A demo without a past, after some calls."""
    with running(open_folder / "explained", "--pastless") as up:
        done = up.verb("simulate", "--requests", "8", "--seed", "4")
        assert done.returncode == 0, done.stdout
        yield up


def ranked(up: Up) -> list[str]:
    """The requests for which helpers were ranked."""
    shown = up.verb("events", "--service", "matching", "--last", "200", "--json").stdout
    return re.findall(r'"type": "matching.CandidatesRanked".*?"subject": "match-([^"]+)"', shown)


def test_each_candidate_of_a_ranking_is_explained_as_it_was_recorded(asked: Up) -> None:
    """The same rank, score and parts; the first needs nothing, another is told what would have done."""
    rankings = {one: asked.json("explain", one) for one in set(ranked(asked))}
    request, ranking = max(rankings.items(), key=lambda one: len(one[1]["ranked"]))
    assert len(ranking["ranked"]) > 1
    for rank, one in enumerate(ranking["ranked"][:4], 1):
        found = asked.json("explain", request, one["helper"])
        told = {name: value for name, value in one.items() if name not in {"name", "phone"}}
        assert (found["rank"], found["candidate"], found["excluded"]) == (rank, told, None)
        assert sum(part["points"] for part in told["parts"]) == told["score"]
        assert rank > 1 or found["changes"] == []
    shown = asked.verb("explain", request).stdout
    assert all(one["name"] in shown for one in ranking["ranked"])
    assert f"{ranking['considered']} considered" in shown
    last = asked.verb("explain", request, ranking["ranked"][-1]["helper"]).stdout
    assert f"Rank {len(ranking['ranked'])} of {ranking['considered']} considered" in last
    assert "minutes on foot." in last
    assert "First with any of these:" in last or "No one change would have been enough." in last


def test_plans_are_listed_and_an_unknown_one_is_not_verified(asked: Up) -> None:
    """None has been made on this demo, whose morning hasn't come."""
    assert "No plan has been made yet." in asked.verb("match", "plans").stdout
    refused(asked.verb("match", "verify", NOBODY), "There is no plan")


def test_members_are_shared_out_and_the_same_comes_out_again(asked: Up) -> None:
    """Some gaps are filled within the budget, no community without cadres gets anybody."""
    found = asked.json("rebalance", "propose", "--budget", "7")
    assert (found["moves"], found["shortage"] - found["shortage_after"]) == (7, 7)
    empty = {one["community"] for one in found["reckoned"] if not one["cadres"]}
    assert empty
    assert not empty & {one["destination"] for one in found["proposed"]}
    assert found["cost"] <= found["nearest_cost"]
    rebalancing = found["rebalancing"]
    assert "7 moves of at most 7" in asked.verb("rebalance", "show", rebalancing).stdout
    assert "7 Proposed" in asked.verb("rebalance", "list").stdout
    assert asked.verb("rebalance", "verify", rebalancing).stdout.startswith("The same: 7 moves")
    refused(asked.verb("rebalance", "verify", NOBODY), "There is no rebalancing")


def test_whom_it_does_not_know_it_says(asked: Up) -> None:
    """No such request, no such helper, no id at all: a line each."""
    (request, *_) = ranked(asked)
    refused(asked.verb("explain", NOBODY), "There is no match")
    refused(asked.verb("explain", request, NOBODY), "There is no helper")
    done = asked.verb("explain", "张三")
    assert done.returncode == 2
    assert "Invalid value for 'request'" in done.stderr


def test_other_weights_are_tried_and_set(asked: Up) -> None:
    """What they would have changed in past rankings; then they count, with who set them and why."""
    shown = asked.verb("weights", "show").stdout
    assert "version default-2" in shown
    assert "known face" in shown
    before = len(ranked(asked))  # offers run out meanwhile, and others are ranked for them
    tried = asked.json("weights", "diff", "default-2", "distance=0,pairing=0,fairness_an_hour=0")
    assert before <= tried["rankings"] <= len(ranked(asked))
    assert 0 < len(tried["changed"]) <= tried["rankings"]
    near, far = tried["firsts"]
    assert near["mean_metres"] < far["mean_metres"]
    table = asked.verb("weights", "diff", "default-2", "distance=0,pairing=0,fairness_an_hour=0").stdout
    rankings, changed = map(int, re.findall(r"(\d+) rankings, (\d+) with another first\.", table)[0])
    assert tried["rankings"] <= rankings
    assert len(tried["changed"]) <= changed
    done = asked.verb("weights", "set", "distance=200", "glad=80", "--why", "as was agreed")
    assert done.stdout == "The weights are now set-1; before them default-2 counted.\n"
    assert "as was agreed" in asked.verb("weights", "show").stdout
    same = asked.json("weights", "diff", "set-1", "set-1", "--since", "2020-01-01")
    assert same["changed"] == []
    refused(asked.verb("weights", "set", "distance=near", "--why", "nonsense"), "a change is NAME=VALUE")
    refused(asked.verb("weights", "set", "distance=200", "--why", "once more"), "Nothing is changed")
    refused(asked.verb("weights", "diff", "set-1", "set-7"), "`set-7` is no version")
