"""Between an event and its bytes: nothing is lost, and what is personal is ciphertext."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus import codec
from shared.bus.envelope import Envelope, decode
from shared.contracts.event import ERASED, Event, Medical, Personal, Seal, UnknownTypeError, upcasts
from shared.vault import KeyDestroyedError, TamperedError
from tests.golden import OpenVault, envelope_of


class Noted(Event, name="unittest.Noted", subject="who"):
    """Something of every kind of field."""

    who: UUID
    count: int
    at: datetime
    open_text: str
    name: Personal[str]
    phones: Personal[tuple[str, ...]]
    illness: Medical[str | None]


class Grown(Event, name="unittest.Grown", version=3):
    """A type that had a field `length` in metres at first, then `size` in metres, now in centimetres."""

    centimetres: int


@upcasts("unittest.Grown", 1)
def _renamed(fields: dict[str, object]) -> dict[str, object]:
    return {"size": fields["length"]}


@upcasts("unittest.Grown", 2)
def _in_centimetres(fields: dict[str, int]) -> dict[str, object]:
    return {"centimetres": fields["size"] * 100}


TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
NOTED = st.builds(
    Noted,
    who=st.uuids(),
    count=st.integers(-(2**53), 2**53),
    at=st.datetimes(timezones=st.just(UTC)),
    open_text=TEXTS,
    name=TEXTS,
    phones=st.lists(TEXTS, max_size=3).map(tuple),
    illness=st.none() | TEXTS,
)
SECRET = Noted(
    who=UUID(int=7),
    count=1,
    at=datetime(2026, 6, 1, tzinfo=UTC),
    open_text="公开",
    name="王秘密",
    phones=("13800138000",),
    illness="糖尿病",
)


async def written(event: Event, vault: OpenVault) -> Envelope:
    """The envelope with the event in it."""
    await vault.fetch(codec.keys_needed(event), make=True)
    return codec.write(event, envelope_of(event), vault)


@given(NOTED)
async def test_what_is_written_is_read(event: Noted) -> None:
    """Equal, and the bytes are those that were written."""
    vault = OpenVault()
    envelope = await written(event, vault)
    again = decode(envelope.header, envelope.data)
    assert (again.header, again.data) == (envelope.header, envelope.data)
    [recorded] = await codec.read([again], OpenVault())
    assert recorded.event == event


async def test_sealed_fields_are_ciphertext_in_the_bytes() -> None:
    """Neither a value nor even the name of a sealed field is there; open ones are."""
    envelope = await written(SECRET, OpenVault())
    whole = (envelope.header + envelope.data).decode()
    for hidden in ("王秘密", "13800138000", "糖尿病", '"name"', '"phones"', '"illness"'):
        assert hidden not in whole
    assert "公开" in whole


async def test_the_same_event_is_sealed_differently_each_time() -> None:
    """Equal texts don't show as equal."""
    vault = OpenVault()
    assert (await written(SECRET, vault)).data != (await written(SECRET, vault)).data


@pytest.mark.parametrize("part", ["header", "data"])
async def test_what_was_changed_does_not_open(part: str) -> None:
    """A sealed field under another header, or with another byte, is refused."""
    vault = OpenVault()
    envelope = await written(SECRET, vault)
    if part == "header":
        changed = replace(envelope, command="another")
    else:
        at = envelope.data.index(b'"personal":"') + 20
        other = b"A" if envelope.data[at : at + 1] != b"A" else b"B"
        changed = replace(envelope, data=envelope.data[:at] + other + envelope.data[at + 1 :])
    with pytest.raises(TamperedError):
        await codec.read([changed], vault)


async def test_erased_fields_say_so() -> None:
    """Each class of fields by its own key; the rest stays readable."""
    vault = OpenVault()
    envelope = await written(SECRET, vault)
    vault.erase((SECRET.who, Seal.PERSONAL))
    [recorded] = await codec.read([envelope], vault)
    assert recorded.event == SECRET.model_copy(update={"name": ERASED, "phones": ()})
    vault.erase((SECRET.who, Seal.MEDICAL))
    [recorded] = await codec.read([decode(envelope.header, envelope.data)], vault)
    assert recorded.event == SECRET.model_copy(update={"name": ERASED, "phones": (), "illness": None})


async def test_nothing_is_sealed_under_a_destroyed_key() -> None:
    """It would be lost at once: refused, with what to say."""
    vault = OpenVault()
    vault.erase((SECRET.who, Seal.PERSONAL))
    with pytest.raises(KeyDestroyedError):
        await written(SECRET, vault)


@pytest.mark.parametrize(
    ("version", "fields"), [(1, b'{"length":2}'), (2, b'{"size":2}'), (3, b'{"centimetres":200}')]
)
async def test_old_versions_are_brought_up_step_by_step(version: int, fields: bytes) -> None:
    """Every version ever written reads as the newest."""
    envelope = replace(envelope_of(Grown(centimetres=1)), version=version, data=fields)
    [recorded] = await codec.read([envelope], OpenVault())
    assert recorded.event == Grown(centimetres=200)


@pytest.mark.parametrize(("name", "version"), [("unittest.Grown", 4), ("unittest.Unheard", 1)])
async def test_what_is_newer_than_the_program_is_unknown(name: str, version: int) -> None:
    """It is told apart from what is broken."""
    envelope = replace(envelope_of(Grown(centimetres=1)), type=name, version=version)
    assert not codec.is_known(envelope)
    with pytest.raises(UnknownTypeError):
        await codec.read([replace(envelope, data=b"{}")], OpenVault())
