"""Between a typed event and the bytes in its envelope: sealed fields are one ciphertext a class."""

import base64
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson

from shared.bus.envelope import Envelope
from shared.bus.recorded import Recorded
from shared.contracts.event import ContractError, Event, Seal, UnknownTypeError, revive, type_named
from shared.errors import InvalidError
from shared.loop import in_turns
from shared.vault import KeyName, Vault

SEALED = "$sealed"
_EVENT = "read event"
MAX_DATA = 256 * 1024


class TooLargeError(InvalidError, ValueError):
    """This is too much for one entry: {size} bytes, {most} at the most. Make it shorter or divide it."""

    zh = "一条记录的内容过大：{size} 字节，最多 {most} 字节。请缩短，或分开记录。"


def keys_needed(event: Event) -> Iterable[KeyName]:
    """The keys that seal this event."""
    person = event.person
    return ((person, seal) for seal in event.SEALED) if person is not None else ()


def write(event: Event, envelope: Envelope, vault: Vault) -> Envelope:
    """The envelope with the event's data in it, sealed where the contract says so."""
    fields = event.model_dump(mode="json")
    person = event.person
    if event.SEALED:
        if person is None:
            raise ContractError(f"{event.NAME} has sealed fields and no person to seal them for")
        sealed = {}
        for seal, names in event.SEALED.items():
            plain = orjson.dumps({name: fields.pop(name) for name in sorted(names)})
            secret = vault.seal((person, seal), plain, envelope.header)
            sealed[seal.value] = base64.b64encode(secret).decode()
        fields[SEALED] = sealed
        fields[f"{SEALED}.of"] = str(person)
    data = orjson.dumps(fields)
    if len(data) > MAX_DATA:
        raise TooLargeError(size=len(data), most=MAX_DATA)
    return envelope.around(data)


async def read(envelopes: Sequence[Envelope], vault: Vault) -> list[Recorded]:
    """The events of these envelopes; UnknownTypeError when one is newer than this program."""
    unread = [envelope for envelope in envelopes if _EVENT not in envelope.__dict__]
    parsed = [orjson.loads(envelope.data) for envelope in unread]
    await vault.fetch(name for fields in parsed for name in _names(fields))
    async for envelope, fields in in_turns(list(zip(unread, parsed, strict=True))):
        event = revive(envelope.type, envelope.version, opened(fields, envelope, vault))
        envelope.__dict__[_EVENT] = event  # several consumers of one process read the same envelope
    return [Recorded(envelope.__dict__[_EVENT], envelope) for envelope in envelopes]


def opened(fields: dict[str, Any], envelope: Envelope, vault: Vault) -> dict[str, Any]:
    """The fields with the sealed ones among them, as far as their keys still exist."""
    for person, seal in _names(fields):
        secret = base64.b64decode(fields[SEALED][seal.value])
        plain = vault.open((person, seal), secret, envelope.header)
        if plain is not None:
            fields.update(orjson.loads(plain))
    fields.pop(SEALED, None)
    fields.pop(f"{SEALED}.of", None)
    return fields


def _names(fields: dict[str, Any]) -> list[KeyName]:
    sealed = fields.get(SEALED)
    if not sealed:
        return []
    person = UUID(fields[f"{SEALED}.of"])
    return [(person, Seal(name)) for name in sealed]


def is_known(envelope: Envelope) -> bool:
    """Whether this program knows the type and version."""
    try:
        type_named(envelope.type, envelope.version)
    except UnknownTypeError:
        return False
    return True
