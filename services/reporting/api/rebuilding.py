"""The cadres' history is rebuilt from the archive, the other views as everywhere."""

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from services.reporting.history_rebuild import NAME, rebuild_history
from shared.http.call import Call
from shared.http.machinery import RebuildView, to_the_end
from shared.http.reading import Reading
from shared.roles import Resource

router = APIRouter(tags=["machinery"])


@router.get("/views")
async def views_and_history(reading: Reading) -> list[str]:
    """The names of the service's views."""
    reading.reach("read_status")
    return [NAME, *(view.name for view in reading.running.definition.views)]


@router.post(f"/views/{NAME}/rebuild", response_class=StreamingResponse)
async def rebuild(call: Call) -> StreamingResponse:
    """Build the history anew from the archive while traffic goes on; answers lines of JSON as it goes."""
    call.permit(RebuildView, Resource())
    return StreamingResponse(to_the_end(rebuild_history(call.running)), media_type="application/x-ndjson")
