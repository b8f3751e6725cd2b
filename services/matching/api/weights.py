"""The weights of the ranking: what counts how much, since when, and what others would change."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from services.matching.domain.weights import WEIGHTS, WEIGHTS_ID, SetWeights, Weights
from services.matching.weighing import differences, engine_named, versions
from shared.eventstore.decider import Decider
from shared.eventstore.work import Work
from shared.http.call import Call
from shared.http.reading import Reading
from shared.roles import Resource

router = APIRouter(tags=["weights"])
Version = Annotated[
    str, Query(max_length=1000, description="a version, or NAME=VALUE,… on top of the weights that count")
]
RECENT = timedelta(days=30)


@router.post("/weights")
async def set_weights(body: SetWeights, call: Call) -> Response:
    """All weights, as they shall be from now on. Past rankings stay as they were made."""

    async def do(work: Work) -> tuple[Decider[Any], UUID]:
        call.permit(body, Resource())
        await call.check_version(work, WEIGHTS, WEIGHTS_ID)
        await work.execute(WEIGHTS, WEIGHTS_ID, body)
        return WEIGHTS, WEIGHTS_ID

    return await call.perform(body, do, WEIGHTS_ID)


@router.get("/weights")
async def get_weights(reading: Reading) -> dict[str, Any]:
    """The weights that count, each with its reason and bounds, and all versions there have been."""
    reading.reach("read_weights")
    store = reading.running.store
    known = await versions(store)
    changes: list[Any] = await store.read_stream(WEIGHTS.stream(WEIGHTS_ID))
    version, weights = [*known.items()][-1]
    described = Weights.model_json_schema()["properties"]
    return {
        "version": version,
        "weights": [
            {"name": name, "value": value, "why": described[name]["description"]} for name, value in weights
        ],
        "versions": {name: one.model_dump() for name, one in known.items()},
        "changes": [
            {"at": one.envelope.happened, "by": one.envelope.actor.sub, "why": one.event.why}
            for one in changes
        ],
    }


@router.get("/weights/diff")
async def compare_weights(
    reading: Reading,
    one: Version,
    other: Version,
    since: AwareDatetime | None = None,
    most: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> dict[str, Any]:
    """What past rankings would have been under two versions of the weights: those with another first.

    The newest since a moment (30 days by default), each ranked again from what was known then.
    """
    reading.reach("read_weights")
    store = reading.running.store
    known = await versions(store)
    engines = engine_named(one, known), engine_named(other, known)
    begin = since or reading.running.clock.now() - RECENT
    return await differences(store, *engines, begin, most)
