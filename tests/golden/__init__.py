"""One stored example of every version of every event, written once and kept for ever.

`python -m tests.golden` writes those that are missing, named NAME.vVERSION.json, and changes no other.
"""

import hashlib
import types
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

import shared.contracts
from shared import ids
from shared.bus import codec
from shared.bus.envelope import GENESIS, Actor, Envelope
from shared.contracts.event import Event, event_types
from shared.vault import KeyName, Vault

FOLDER = Path(__file__).parent
DAY = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
TEXTS = ("示例", "a_code", "+8613800138000", "WGS-84", "2026-06-01", "0" * 64)
NUMBERS = (7, 1, 0, 60, 1000)


class OpenVault(Vault):
    """A vault whose keys anyone can work out: for examples only."""

    def __init__(self) -> None:
        """Without a database."""
        self._ciphers = {}

    async def fetch(self, names: Iterable[KeyName], *, make: bool = False) -> None:
        """Every key there is, unless it was erased here."""
        del make
        for name in names:
            if name not in self._ciphers:
                person, seal = name
                self._ciphers[name] = AESGCM(hashlib.sha256(f"{person}/{seal.value}".encode()).digest())

    def erase(self, name: KeyName) -> None:
        """This key is gone."""
        self._ciphers[name] = None


def known_types() -> list[type[Event]]:
    """Every event of the contracts; not those that tests declare."""
    return [kind for kind in event_types() if kind.__module__.startswith(f"{shared.contracts.__name__}.")]


def example(kind: type[Event]) -> Event:
    """An event of this type with every field set."""
    made = build(kind, kind.NAME)
    assert isinstance(made, kind)
    return made


def build(kind: type[BaseModel], seed: str) -> BaseModel:
    """A model with every field set, the same each time."""
    fields = {name: _value(_with_marks(info), f"{seed}.{name}") for name, info in kind.model_fields.items()}
    return kind.model_validate(fields)


def _with_marks(info: FieldInfo) -> Any:
    annotation: Any = info.annotation
    for mark in info.metadata:
        annotation = Annotated[annotation, mark]
    return annotation


def _value(annotation: Any, seed: str) -> Any:
    plain, origin = _bare(annotation), get_origin(_bare(annotation))
    if origin in (Union, types.UnionType):
        return _value(next(one for one in get_args(plain) if one is not type(None)), seed)
    if origin is tuple:
        return tuple(_value(one, seed) for one in get_args(plain) if one is not Ellipsis)
    if origin is Literal:
        return get_args(plain)[0]
    if origin is not None:
        raise TypeError(f"{seed}: no example of {annotation}")
    return _fitting(annotation, _candidates(plain, seed), seed)


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _candidates(plain: type, seed: str) -> Iterable[Any]:
    later = timedelta(hours=1) if seed.endswith((".end", "_to", ".until")) else timedelta()
    if issubclass(plain, Enum):
        return list(plain)
    if issubclass(plain, BaseModel):
        return [build(plain, seed)]
    return {
        str: TEXTS,
        bool: (True,),
        int: NUMBERS,
        float: (1.5,),
        UUID: (ids.derive(DAY, seed),),
        datetime: (DAY + later,),
        AwareDatetime: (DAY + later,),
        date: (DAY.date(),),
        timedelta: (timedelta(minutes=5),),
        bytes: (b"bytes",),
    }[plain]


def _fitting(annotation: Any, candidates: Iterable[Any], seed: str) -> Any:
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    for candidate in candidates:
        try:
            adapter.validate_python(candidate)
        except ValidationError:
            continue
        return candidate
    raise ValueError(f"{seed}: no example fits {annotation}")


def envelope_of(event: Event) -> Envelope:
    """An envelope with every attribute set."""
    source = event.NAME.split(".", maxsplit=1)[0]
    return Envelope(
        id=ids.derive(DAY, event.NAME),
        type=event.NAME,
        version=event.VERSION,
        source=source,
        stream=f"{source}-{ids.derive(DAY, source)}",
        stream_version=1,
        key=str(ids.derive(DAY, source)),
        happened=DAY,
        recorded=DAY,
        actor=Actor("somebody", "operator", "another"),
        correlation=ids.derive(DAY, "correlation"),
        simulated=True,
        previous=GENESIS,
        cadres=event.about(),
        case=event.of_case(),
        command="command-1",
        causation=ids.derive(DAY, "cause"),
        traceparent=f"00-{'1' * 32}-{'2' * 16}-01",
    )


def file_of(name: str, version: int) -> Path:
    """Where an example is kept."""
    return FOLDER / f"{name}.v{version}.json"


async def write_missing() -> list[Path]:
    """Write an example of each type's newest version that has none."""
    vault, written = OpenVault(), []
    for kind in known_types():
        file = file_of(kind.NAME, kind.VERSION)
        if file.exists():
            continue
        event = example(kind)
        await vault.fetch(codec.keys_needed(event))
        envelope = codec.write(event, envelope_of(event), vault)
        content = {
            "header": envelope.header.decode(),
            "data": envelope.data.decode(),
            "hash": envelope.hash.hex(),
            "fields": event.model_dump(mode="json"),
        }
        file.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
        written.append(file)
    return written
