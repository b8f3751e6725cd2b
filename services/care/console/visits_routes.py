"""Links that lead a map app to somebody's door; nothing is asked of a map before somebody presses one."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from shared.contracts.values import Point

AMAP = "https://uri.amap.com"
OURS = "jiujin"
COORDINATES = {"WGS-84": "wgs84", "GCJ-02": "gaode"}


class Route(NamedTuple):
    """By Amap, in its app or the browser, and by whichever map the phone has."""

    amap: str
    phone: str


def route(visit: Mapping[str, Any]) -> Route | None:
    """The way to a visit: to the point of the home, else to the address; None when neither is told.

    Other maps take coordinates for WGS-84: with one in GCJ-02 they are given the address.
    """
    address = visit["address"] or ""
    if visit["home"] is None:
        if not address:
            return None
        return Route(f"{AMAP}/search?{urlencode({'keyword': address, 'src': OURS})}", _by_address(address))
    home = Point.model_validate(visit["home"])
    longitude, latitude = home.degrees
    to = {
        "to": f"{longitude},{latitude},{address.replace(',', ' ')}",
        "mode": "walk",
        "coordinate": COORDINATES[home.datum],
        "callnative": "1",
        "src": OURS,
    }
    at = f"{latitude},{longitude}"
    phone = f"geo:{at}?q={at}({quote(address)})" if home.datum == "WGS-84" else _by_address(address)
    return Route(f"{AMAP}/navigation?{urlencode(to)}", phone)


def _by_address(address: str) -> str:
    return f"geo:0,0?q={quote(address)}"
