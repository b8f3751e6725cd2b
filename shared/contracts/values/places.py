"""Places, and how far they lie apart."""

import math
from typing import Annotated, Self

from pydantic import Field

from shared.contracts.event import Frozen
from shared.contracts.values.texts import Brief

EARTH_CM = 637_100_880
"""Mean radius of the Earth in centimetres (IUGG R1)."""
FARTHEST_CM = 640_000_000
"""No place on Earth lies farther from its centre; a squared distance then fits in 64 bits."""
Centimetres = Annotated[int, Field(ge=-FARTHEST_CM, le=FARTHEST_CM)]


class Point(Frozen):
    """A place in Earth-centred centimetres, integers, so that every processor gets the same distances."""

    x: Centimetres
    y: Centimetres
    z: Centimetres
    datum: str = Field(default="WGS-84", pattern="^(WGS-84|GCJ-02)$")

    @classmethod
    def of(cls, longitude: float, latitude: float, datum: str = "WGS-84") -> Self:
        """The point at these degrees, on a sphere of the mean radius."""
        east, north = math.radians(longitude), math.radians(latitude)
        return cls(
            x=round(EARTH_CM * math.cos(north) * math.cos(east)),
            y=round(EARTH_CM * math.cos(north) * math.sin(east)),
            z=round(EARTH_CM * math.sin(north)),
            datum=datum,
        )

    def metres_to(self, other: "Point") -> int:
        """The straight distance in whole metres, from integers alone."""
        squared = (self.x - other.x) ** 2 + (self.y - other.y) ** 2 + (self.z - other.z) ** 2
        return math.isqrt(squared) // 100

    @property
    def degrees(self) -> tuple[float, float]:
        """Longitude and latitude in degrees, six decimals, for maps."""
        return (
            round(math.degrees(math.atan2(self.y, self.x)), 6),
            round(math.degrees(math.atan2(self.z, math.hypot(self.x, self.y))), 6),
        )


class Residence(Frozen):
    """Where somebody lives; always sealed."""

    address: Brief = ""
    home: Point | None = None
