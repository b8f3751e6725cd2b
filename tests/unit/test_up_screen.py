"""What `up` shows: tokens ready to use, and last of all what to do next."""

from pathlib import Path

import pytest

from cli.app import CHECKOUT
from cli.up import _Shown
from deploy.folder import RunState
from deploy.ready import Ready
from shared.roles import Role

TOKEN = "e" * 400
CADRE = "00000000-0000-73a0-9539-b961f4a587c0"
DEMO = RunState("http://127.0.0.1:8650", 8650, 1, demo=True)
OWN = "docs/how-to/start-your-own-bureau.md"
LINES = 24
"""Of a small terminal."""


def screen(text: str) -> list[str]:
    """What a terminal of 80 columns and few lines shows of it at the end."""
    lines: list[str] = []
    for line in text.splitlines():
        lines += [line[begin : begin + 80] for begin in range(0, len(line), 80)] or [""]
    return lines[-LINES:]


def tokens(*roles: Role) -> dict[Role, str]:
    """A token for each, alike in length."""
    return dict.fromkeys(roles, TOKEN)


def test_what_to_do_next_is_what_one_sees_while_the_demo_loads(capsys: pytest.CaptureFixture[str]) -> None:
    """With the addresses of the documentation; the tokens are above, one a line."""
    young = RunState(DEMO.address, 8650, 1, demo=True, loading=True)
    _Shown(Path("/srv/demo")).serving(young, Ready(tokens(*Role)))
    said = capsys.readouterr().out
    assert sum(line.split() == [role, TOKEN] for line in said.splitlines() for role in Role) == len(Role)
    shown = screen(said)
    assert not any(TOKEN[:20] in line for line in shown[-18:])
    assert "/intake/api/v1/docs" in "".join(shown)
    assert sum("./jiujin" in line and "--data /srv/demo" in line for line in shown) == 3
    assert shown[-1] == "Ctrl-C stops it."


def test_after_loading_it_is_said_again(capsys: pytest.CaptureFixture[str]) -> None:
    """Behind the tokens that are new, with somebody of this demo; those shown before aren't repeated."""
    shown = _Shown(Path("/srv/demo"))
    shown.serving(DEMO, Ready(tokens(Role.ADMIN)))
    capsys.readouterr()
    shown.loaded(DEMO, Ready(tokens(Role.ADMIN, Role.FAMILY, Role.CLINIC), CADRE))
    said = capsys.readouterr().out
    assert said.count(TOKEN) == 2
    _, _, tail = said.partition("Try next")
    assert TOKEN not in tail
    for words in ("status", f"replay {CADRE} --why", "simulate"):
        assert f"./jiujin {words}" in tail
    assert screen(said)[-1] == "Ctrl-C stops it."


def test_a_later_start_of_a_demo_says_it_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """It has its past already."""
    _Shown(Path("/srv/demo")).serving(DEMO, Ready(tokens(Role.ADMIN), CADRE))
    assert f"replay {CADRE}" in capsys.readouterr().out


def test_a_bureaus_own_data_show_no_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    """But where it says how to sign in."""
    own = RunState(DEMO.address, 8650, 1, demo=False)
    _Shown(Path("/srv/demo")).serving(own, Ready())
    said = capsys.readouterr().out
    assert "token per role" not in said
    assert OWN in said
    assert CHECKOUT.joinpath(OWN).exists()
