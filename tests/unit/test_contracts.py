"""Every event there is: named, sealed where it speaks of a person, and readable for ever."""

import types
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import orjson
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared import access
from shared.bus import codec
from shared.bus.envelope import decode
from shared.contracts.command import Command
from shared.contracts.event import ERASED, ContractError, Event, Medical, Personal, Seal, revive
from shared.contracts.values import Caller, Details, Elements, Guarantor, HelperProfile, Residence
from tests.golden import FOLDER, OpenVault, example, file_of, known_types

ROOT = Path(__file__).parents[2]
FILES = sorted(FOLDER.glob("*.json"))
ALWAYS_SEALED = (Details, Residence, HelperProfile, Guarantor, Caller, Elements)
PERSONAL_NAMES = frozenset({"note", "phone", "phones", "address", "id_number", "birth", "hash", "words"})
OPEN_ALTHOUGH_SO_NAMED = frozenset(
    {
        "intake.CommunityRegistered.address",  # a community's office, no person's
        "intake.CommunityRegistered.phone",
        "intake.CommunityCorrected.address",
        "intake.CommunityCorrected.phone",
        "operations.EventSkipped.reason",
    }
)


@pytest.mark.parametrize("kind", known_types(), ids=lambda kind: kind.NAME)
def test_each_version_has_a_golden_file(kind: type[Event]) -> None:
    """`python -m tests.golden` writes it; it is then kept for ever."""
    for version in range(1, kind.VERSION + 1):
        assert file_of(kind.NAME, version).exists(), f"run: python -m tests.golden ({kind.NAME} v{version})"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_each_golden_file_still_reads_as_it_was_written(file: Path) -> None:
    """The stored bytes open, verify, and give the event that the fields beside them tell."""
    content = orjson.loads(file.read_bytes())  # noqa: ASYNC240  a small file in a test
    envelope = decode(content["header"].encode(), content["data"].encode())
    assert envelope.header == content["header"].encode()
    assert envelope.hash.hex() == content["hash"]
    [recorded] = await codec.read([envelope], OpenVault())
    assert recorded.event == revive(envelope.type, envelope.version, dict(content["fields"]))
    if envelope.version == recorded.event.VERSION:
        now = recorded.event.model_dump(mode="json")
        assert {name: now[name] for name in content["fields"]} == content["fields"]


@pytest.mark.parametrize("kind", [kind for kind in known_types() if kind.SEALED], ids=lambda kind: kind.NAME)
async def test_each_event_stays_readable_when_its_keys_are_destroyed(kind: type[Event]) -> None:
    """What was sealed says so or is empty; nothing of it is left in the bytes."""
    event, vault = example(kind), OpenVault()
    await vault.fetch(codec.keys_needed(event))
    golden = orjson.loads(file_of(kind.NAME, kind.VERSION).read_bytes())
    envelope = decode(golden["header"].encode(), golden["data"].encode())
    for name in codec.keys_needed(event):
        vault.erase(name)
    [recorded] = await codec.read([envelope], vault)
    for fields in kind.SEALED.values():
        assert all(getattr(recorded.event, name) in (ERASED, (), None) for name in fields)


def test_each_event_is_named_after_its_service() -> None:
    """The name of its module or package in the contracts, a dot, the class."""
    for kind in known_types():
        assert f"{kind.__module__.split('.')[2]}.{kind.__name__}" == kind.NAME


def test_a_second_event_of_a_name_is_refused() -> None:
    """No two alike."""
    with pytest.raises(ContractError, match="twice"):

        class Again(Event, name="intake.CadreMoved"):
            """The same name."""


def test_sealing_needs_a_person() -> None:
    """Whose key would it be?"""
    with pytest.raises(ContractError, match="subject"):

        class Nobody(Event, name="unittest.Nobody"):
            """Sealed for nobody."""

            text: Personal[str]


def test_a_sealed_field_can_be_erased() -> None:
    """A number has nothing to say once its key is gone."""
    with pytest.raises(ContractError, match="sealed field"):

        class Weighed(Event, name="unittest.Weighed", subject="who"):
            """A number, sealed."""

            who: str
            weight: Medical[int]


@pytest.mark.parametrize("kind", known_types(), ids=lambda kind: kind.NAME)
def test_what_tells_of_a_person_is_sealed(kind: type[Event]) -> None:
    """By its value's class, or by its name."""
    sealed = frozenset[str]().union(*kind.SEALED.values())
    for name, info in kind.model_fields.items():
        place = f"{kind.NAME}.{name}"
        if name in sealed or place in OPEN_ALTHOUGH_SO_NAMED:
            continue
        assert name not in PERSONAL_NAMES, place
        inside = set(_classes(info.annotation))
        assert not inside.intersection(ALWAYS_SEALED), place


def test_the_subject_is_always_there() -> None:
    """A sealed event without a person would have to be written open."""
    for kind in known_types():
        if kind.SEALED:
            assert kind.model_fields[kind.SUBJECT].annotation is not None
            assert type(None) not in get_args(kind.model_fields[kind.SUBJECT].annotation), kind.NAME


def _classes(annotation: Any) -> Iterator[Any]:
    yield annotation
    for one in get_args(annotation):
        yield from _classes(one)


def _commands() -> list[type[Command]]:
    for path in sorted([*ROOT.glob("services/*/**/*.py"), *ROOT.glob("shared/http/*.py")]):
        if "class " in path.read_text(encoding="utf-8"):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found: set[type[Command]] = set()
    left = list(Command.__subclasses__())
    while left:
        kind = left.pop()
        left.extend(kind.__subclasses__())
        if not kind.__module__.startswith("tests"):
            found.add(kind)
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


def test_no_command_takes_unchecked_text() -> None:
    """Every str, however deep, in a command that somebody may send has a limit or a pattern."""
    sendable = {name.partition(".")[2] for name in access.TABLE}
    commands = [kind for kind in _commands() if kind.__name__ in sendable]
    assert commands
    bare = [
        f"{kind.__module__}.{place}" for kind in commands for place in _bare_texts(kind, kind.__name__, set())
    ]
    assert bare == []


def _bare_texts(model: type[BaseModel], place: str, seen: set[type]) -> Iterator[str]:
    if model in seen:
        return
    seen.add(model)
    for name, info in model.model_fields.items():
        yield from _bare_in(info.annotation, _limits(info), f"{place}.{name}", seen)


def _limits(info: FieldInfo) -> bool:
    return any(not isinstance(mark, Seal) for mark in info.metadata)


def _bare_in(annotation: Any, limited: bool, place: str, seen: set[type]) -> Iterator[str]:  # noqa: FBT001
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *marks = get_args(annotation)
        yield from _bare_in(inner, limited or bool(marks), place, seen)
    elif origin in (Union, types.UnionType, tuple, frozenset, list, dict):
        for one in get_args(annotation):
            yield from _bare_in(one, limited and origin in (Union, types.UnionType), place, seen)
    elif annotation is str and not limited:
        yield place
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _bare_texts(annotation, place, seen)
