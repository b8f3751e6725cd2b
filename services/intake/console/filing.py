"""What the register's forms hold: a file's values as fields, and fields as the values of commands."""

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from services.intake.console.desk import FaultError, number_of
from shared.contracts.values import Party, Point

Fields = Mapping[str, str]
Told = dict[str, Any]
DETAILS = ("name", "id_number", "birth", "phones", "address", "longitude", "latitude", "note")
TICKS = ("city_managed", "party_member", "covered")
STANDING = (
    "category", "sex", "rank", "managing_unit", "party_branch", "joined", "retired", "dialect",
    "preferred_sex", *TICKS,
)  # fmt: skip
MOST = 8
"""So many guarantors a file can have."""
GUARANTORS = tuple(f"{name}{nth}" for nth in range(MOST) for name in ("party", "who", "phone", "relation"))
FARTHEST = (180, 90)


def shown(file: Mapping[str, Any]) -> dict[str, str]:
    """A file as its forms show it."""
    details, standing = file["details"] or {}, file["standing"] or {"covered": True}
    found = {name: str(details.get(name) or "") for name in DETAILS}
    found["phones"] = "\n".join(details.get("phones") or [])
    found["longitude"], found["latitude"] = _degrees(details.get("home"))
    found |= {name: str(standing.get(name) or "") for name in STANDING}
    found |= {name: "yes" if standing.get(name) else "" for name in TICKS}
    for nth, one in enumerate(file["guarantors"]):
        found |= {f"party{nth}": one["party"], f"who{nth}": one["name"]}
        found |= {f"phone{nth}": one["phone"] or "", f"relation{nth}": one["relation"]}
    for nth, party in enumerate(Party) if not file["guarantors"] else ():
        found[f"party{nth}"] = party.value
    found["community"] = str(file["community"] or "")
    return found


def _degrees(home: Mapping[str, Any] | None) -> tuple[str, str]:
    if home is None:
        return "", ""
    longitude, latitude = Point.model_validate(home).degrees
    return str(longitude), str(latitude)


def plain(*names: str) -> Callable[[Fields, Mapping[str, Any]], Told]:
    """These fields as they are, without empty ones."""
    return lambda fields, _: {name: fields[name] for name in names if fields.get(name)}


def details_of(fields: Fields, file: Mapping[str, Any]) -> Told:
    """What identifies and reaches a person. FaultError."""
    told: Told = {name: fields.get(name, "") for name in ("name", "address", "note")}
    told["id_number"] = _id_number(fields, file)
    told["birth"] = fields.get("birth") or _born(told["id_number"])
    lines = fields.get("phones", "").replace(",", "\n").splitlines()
    told["phones"] = [one for line in lines if (one := number_of(line, "phones"))]
    return told | {"home": home_of(fields, file)}


def _id_number(fields: Fields, file: Mapping[str, Any]) -> str:
    """As an imported table's is checked; one that the file has already may stay."""
    text = fields.get("id_number", "").strip()
    if not text or text == (file["details"] or {}).get("id_number"):
        return text
    from shared.tables.explained import CellError  # noqa: PLC0415  an idle process is to be small
    from shared.tables.person_numbers import id_number  # noqa: PLC0415  the same

    try:
        return id_number(text, date.min)
    except CellError as error:
        raise FaultError(id_number="id_number") from error


def _born(id_number: str) -> date | None:
    """The date of birth in a checked number."""
    return date.fromisoformat(id_number[6:14]) if id_number[6:14].isdigit() else None


def home_of(fields: Fields, file: Mapping[str, Any]) -> Any:
    """The place on the map: the file's own while its degrees stand there unchanged. FaultError."""
    typed = fields.get("longitude", "").strip(), fields.get("latitude", "").strip()
    known = (file["details"] or {}).get("home")
    if typed == ("", ""):
        return None
    if typed == _degrees(known):
        return known
    try:
        longitude, latitude = map(float, typed)
    except ValueError as error:
        raise FaultError(longitude="place") from error
    within = all(abs(one) <= most for one, most in zip((longitude, latitude), FARTHEST, strict=True))
    if not within or not math.isfinite(longitude + latitude):
        raise FaultError(longitude="place")
    return Point.of(longitude, latitude)


def standing_of(fields: Fields) -> Told:
    """What a cadre is in the service; a box that isn't ticked says no."""
    told: Told = {name: fields[name] for name in STANDING if fields.get(name)}
    if "sex" not in told and (number := fields.get("id_number", "").strip())[16:17].isdigit():
        told["sex"] = "male" if int(number[16]) % 2 else "female"
    return told | {name: bool(fields.get(name)) for name in TICKS}


def details_corrected(fields: Fields, file: Mapping[str, Any]) -> Told:
    """The details anew, and why."""
    return {"details": details_of(fields, file), "reason": fields.get("reason", "")}


def standing_corrected(fields: Fields, _: Mapping[str, Any]) -> Told:
    """The standing anew, and why."""
    return {"standing": standing_of(fields), "reason": fields.get("reason", "")}


def entered(fields: Fields, file: Mapping[str, Any]) -> Told:
    """A whole file."""
    return {
        "community": fields.get("community", ""),
        "standing": standing_of(fields),
        "details": details_of(fields, file),
    }


def moved(fields: Fields, file: Mapping[str, Any]) -> Told:
    """Where to, and since when."""
    residence = {"address": fields.get("address", ""), "home": home_of(fields, file)}
    return {
        "community": fields.get("community", ""),
        "residence": residence,
        "valid_from": fields.get("valid_from") or None,
    }


def _validity(fields: Fields) -> Told:
    return {"valid_from": fields.get("valid_from") or None, "valid_to": fields.get("valid_to") or None}


def assessed(fields: Fields, file: Mapping[str, Any]) -> Told:
    """Which hardship, from when until when."""
    return plain("flag", "note", "corrects")(fields, file) | {"validity": _validity(fields)}


def guaranteed(fields: Fields, _: Mapping[str, Any]) -> Told:
    """Everybody who has a name; FaultError."""
    named = [
        {
            "party": fields.get(f"party{nth}", ""),
            "name": fields[f"who{nth}"],
            "phone": number_of(fields.get(f"phone{nth}", ""), f"phone{nth}"),
            "relation": fields.get(f"relation{nth}", ""),
        }
        for nth in range(MOST)
        if fields.get(f"who{nth}", "").strip()
    ]
    if not named:
        raise FaultError(who0="missing")
    return {"guarantors": named, "validity": _validity(fields)}


def died(fields: Fields, _: Mapping[str, Any]) -> Told:
    """On which day; FaultError unless it is said to be sure."""
    if not fields.get("sure"):
        raise FaultError(sure="sure")
    return {"on": fields.get("on") or None}


def consented(fields: Fields, _: Mapping[str, Any]) -> Told:
    """Yes or no."""
    return {"family_reads_medical": fields.get("family_reads_medical") == "yes"}


def faults_of(error: ValidationError) -> dict[str, str]:
    """By field: whether it is missing or not right."""
    return {
        str(one["loc"][-1]): "missing" if one["input"] in (None, "") or one["type"] == "missing" else "wrong"
        for one in error.errors(include_url=False)
        if one["loc"]
    }
