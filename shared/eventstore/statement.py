"""The one statement of a unit of work, and its arguments."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from shared.eventstore.changes import Changes, timers_left
from shared.eventstore.values import Answer, Claim, Intake, Written

COMMIT = (
    "SELECT store.commit($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,"
    "$23,$24,$25,$26,$27,$28,$29)"
)
GATED = COMMIT.replace("SELECT ", "SELECT pg_advisory_xact_lock_shared($30), ")
"""Waits first for whoever stands before the consumer's views: nothing is locked by then."""
APPEND_ONE = "SELECT store.append_one($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)"


def arguments_of(
    works: Sequence[Changes],
    written: Written,
    expected: Mapping[str, int],
    answer: Answer | None,
    intake: Intake | None,
    claim: Claim | None,
) -> list[Any]:
    """The arguments of `store.commit`; `expected` are versions of the streams that grow or were relied on."""
    timers, dropped = timers_left(works)
    events = written.envelopes
    locks = {lock_of(name) for name in {event.stream for event in events}}
    if intake:
        locks |= {lock_of_key(intake.consumer, key) for key in intake.keys}
    release = [held for work in works for held in work.release]
    locks |= {lock_of_key(held.consumer, held.key) for held in release}
    return [
        sorted(locks),
        list(expected),
        list(expected.values()),
        [event.stream for event in events],
        [event.stream_version for event in events],
        [event.header for event in events],
        [event.data for event in events],
        [event.hash for event in events],
        answer.actor if answer else None,
        answer.key if answer else None,
        answer.body_hash if answer else None,
        answer.status if answer else None,
        answer.body if answer else None,
        intake.consumer if intake else None,
        list(intake.versions) if intake else None,
        [intake.seen.get(stream, 0) for stream in intake.versions] if intake else None,
        list(intake.versions.values()) if intake else None,
        None if intake is None or intake.draining else list(intake.keys),
        [timer.id for timer in timers],
        [timer.due for timer in timers],
        [timer.name for timer in timers],
        [timer.key for timer in timers],
        [timer.data for timer in timers],
        [timer.cause for timer in timers],
        dropped,
        claim.id if claim else None,
        claim.due if claim else None,
        [held.ordinal for held in release],
        intake is not None and not intake.durable,
    ]


def statement(arguments: Sequence[Any]) -> tuple[Any, ...]:
    """The statement that writes what `prepare` gave: the short one if it is one event of one stream."""
    streams, events, rest = arguments[1], arguments[3], arguments[18:28]
    if len(streams) == len(events) == 1 and arguments[13] is None and not any(rest):
        one = [column[0] for column in arguments[3:8]]
        return (APPEND_ONE, arguments[0][0], *one, *arguments[8:13])
    return (COMMIT, *arguments)


def gated(arguments: Sequence[Any], consumer: str) -> tuple[Any, ...]:
    """The statement that a consumer's views are brought up to date behind; its last column is the place."""
    return (GATED, *arguments, gate_of(consumer))


def gate_of(consumer: str) -> int:
    """The advisory lock of a consumer's views: shared by its batches, whole for who swaps a view."""
    return lock_of(f"{consumer}\x1fviews")


def lock_of_key(consumer: str, key: str) -> int:
    """The advisory lock of what a consumer does with a key."""
    return lock_of(f"{consumer}\x1f{key}")


def lock_of(name: str) -> int:
    """The advisory lock of a stream, or of what else has such a name: 63 bits of SHA-256."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
