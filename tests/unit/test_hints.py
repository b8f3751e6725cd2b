"""A command that is shown can be pasted, whatever the folder is called; options stand where one likes."""

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.client import data_option
from cli.options import DEFAULT_DATA
from cli.parked import parked
from deploy.errors import DeployError, NotStartedError, RestoredError

FOLDER = Path("/srv/我们的 data")


def pasted(message: str) -> list[str]:
    """The words of the command in a message, as a shell reads them."""
    return shlex.split(message.split("`")[1])


@pytest.mark.parametrize("kind", [RestoredError, NotStartedError])
def test_an_error_names_the_data_folder_in_its_command(kind: type[DeployError]) -> None:
    """As one word."""
    words = pasted(str(kind(data=FOLDER)))
    assert words[:2] == ["./jiujin", "up"]
    assert words[words.index("--data") + 1] == str(FOLDER)


def test_another_verb_is_led_to_the_same_system() -> None:
    """By its folder and port, as far as they were given."""
    assert shlex.split(data_option(FOLDER, 8650)) == ["--data", str(FOLDER), "--port", "8650"]
    assert data_option(DEFAULT_DATA) == ""


@pytest.mark.parametrize(
    "words",
    [
        ["--data", "/nowhere", "show", "care:1"],
        ["show", "care:1", "--data", "/nowhere"],
        ["--port", "1", "show", "--data", "/nowhere", "care:1"],
        ["--data=/nowhere", "list"],
        ["--data", "/nowhere"],
        ["--data", "show", "list", "--data", "/nowhere"],
    ],
)
def test_options_stand_before_a_subcommand_or_behind_it(words: list[str]) -> None:
    """Each time it is that folder that is looked into."""
    done = CliRunner().invoke(parked, words)
    assert "/nowhere" in str(done.exception)


def test_an_unknown_subcommand_is_told() -> None:
    """By name."""
    done = CliRunner().invoke(parked, ["--data", "/nowhere", "shwo"])
    assert done.exit_code == 2
    assert "shwo" in done.output
