"""The city's map, of our own."""

from typing import Any

from fastapi import APIRouter

from shared.console.areas import areas
from shared.http.reading import Reading

router = APIRouter(prefix="/figures", tags=["figures"])
_CENTRES = """
SELECT name, longitude, latitude FROM communities WHERE longitude IS NOT NULL ORDER BY name, id"""


@router.get("/areas")
async def city(reading: Reading) -> dict[str, Any]:
    """GeoJSON: of each community what lies nearest to its centre. They are no official boundaries."""
    reading.reach("read_figures")
    rows = await reading.pool.fetch(_CENTRES)
    return areas({row["name"]: (row["longitude"], row["latitude"]) for row in rows})
