"""Links to somebody's door."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from services.care.console.visits_routes import route
from shared.contracts.values import Point


def visit(home: Point | None, address: str = "站前街 1 号, 2 单元") -> dict[str, Any]:
    return {"home": home.model_dump(mode="json") if home else None, "address": address}


def test_a_route_leads_to_the_home() -> None:
    """By coordinates where they are known, in the datum that each map expects."""
    found = route(visit(Point.of(123.5, 43.25)))
    assert found is not None
    to = parse_qs(urlsplit(found.amap).query)
    assert to["to"] == ["123.5,43.25,站前街 1 号  2 单元"]
    assert to["coordinate"] == ["wgs84"]
    assert found.phone.startswith("geo:43.25,123.5?q=43.25,123.5(%E7%AB%99")


def test_chinese_coordinates_go_to_amap_alone() -> None:
    """Other maps would be some hundred metres off: they get the address."""
    found = route(visit(Point.of(123.5, 43.25, "GCJ-02")))
    assert found is not None
    assert parse_qs(urlsplit(found.amap).query)["coordinate"] == ["gaode"]
    assert found.phone.startswith("geo:0,0?q=%E7%AB%99")


def test_an_address_is_looked_for() -> None:
    """Where no point is known; without either there is no route."""
    found = route(visit(None))
    assert found is not None
    assert parse_qs(urlsplit(found.amap).query)["keyword"] == ["站前街 1 号, 2 单元"]
    assert route(visit(None, "")) is None
    assert route({"home": None, "address": None}) is None
