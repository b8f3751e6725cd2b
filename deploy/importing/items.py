"""Checked records as the items that the services' bulk endpoints take."""

import hashlib
from collections.abc import Mapping
from datetime import date, time
from typing import Any
from uuid import UUID

from shared.contracts.values import Party, Point
from shared.tables import BudgetRecord, CadreRecord, CommunityRecord, Record, VolunteerRecord
from shared.tables.columns import RANKS

Communities = Mapping[str, UUID]
"""Ids by code."""

_RANKS = {rank.value: rank.zh for rank in RANKS}
_KINDS = {
    "volunteer": "volunteer",
    "community_staff": "staff",
    "service_organisation": "organisation",
    "medical_institution": "institution",
}
_HARDSHIPS = {
    "lives_alone": "living_alone",
    "empty_nest": "empty_nest",
    "bedridden": "bedridden",
    "no_self_care": "no_self_care",
}


def hashed(key: str) -> str:
    """SHA-256 in hex of a key, which holds names and numbers of persons."""
    return hashlib.sha256(key.encode()).hexdigest()


def item_of(record: Record, communities: Communities) -> dict[str, Any]:
    """What is sent for a record."""
    match record:
        case CommunityRecord():
            return _community(record)
        case CadreRecord():
            return _cadre(record, communities)
        case VolunteerRecord():
            return _helper(record, communities)
        case BudgetRecord():
            return _budget(record)


def _point(longitude: float | None, latitude: float | None) -> dict[str, Any] | None:
    if longitude is None or latitude is None:
        return None
    return Point.of(longitude, latitude).model_dump()


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _community(record: CommunityRecord) -> dict[str, Any]:
    return {
        "code": record.code,
        "name": record.name,
        "subdistrict": record.subdistrict,
        "centre": _point(record.longitude, record.latitude),
        "address": record.address or "",
        "phone": record.phone or "",
        "party_branch": record.party_branch or "",
        "fingerprint": record.fingerprint,
    }


def _cadre(record: CadreRecord, communities: Communities) -> dict[str, Any]:
    wanted = record.preferred_helper_sex
    return {
        "community": str(communities[record.community]),
        "standing": {
            "category": record.category,
            "sex": record.sex,
            "rank": _RANKS.get(record.rank or "", ""),
            "managing_unit": record.managing_unit or "",
            "city_managed": record.city_managed,
            "party_member": record.party_member,
            "party_branch": record.party_branch or "",
            "joined": _day(record.joined_work),
            "retired": _day(record.retired),
            "dialect": record.dialect or "",
            "preferred_sex": None if wanted == "any" else wanted,
            "covered": record.covered,
        },
        "details": {
            "name": record.name,
            "id_number": record.id_number or "",
            "birth": _day(record.birth),
            "phones": [phone for phone in (record.phone, record.second_phone) if phone],
            "address": record.address or "",
            "home": _point(record.longitude, record.latitude),
            "note": record.notes or "",
        },
        "hardships": [
            {"flag": flag, "until": assessed.until.isoformat()}
            for name, flag in _HARDSHIPS.items()
            if (assessed := getattr(record, name)) is not None
        ],
        "guarantors": [
            {
                "party": party.value,
                "name": name,
                "phone": getattr(record, f"{party.value}_guarantor_phone"),
                "relation": (record.family_relation or "") if party is Party.FAMILY else "",
            }
            for party in Party
            if (name := getattr(record, f"{party.value}_guarantor"))
        ],
        "fingerprint": record.fingerprint,
    }


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _helper(record: VolunteerRecord, communities: Communities) -> dict[str, Any]:
    expires = _day(record.certificate_expires)
    return {
        "natural": hashed(record.key),
        "fingerprint": record.fingerprint,
        "kind": _KINDS[record.kind],
        "community": str(communities[record.community]) if record.community else None,
        "association": "" if record.association == "none" else record.association,
        "sex": record.sex,
        "skills": [{"code": code, "until": expires} for code in record.skills],
        "availability": [
            {"day": slot.weekday, "start": _minutes(slot.start), "end": _minutes(slot.end)}
            for slot in record.availability
        ],
        "capacity": record.weekly_capacity,
        "dialects": list(record.dialects),
        "since": _day(record.joined),
        "profile": {
            "name": record.name,
            "phone": record.phone,
            "birth": _day(record.birth),
            "address": record.address or "",
            "home": _point(record.longitude, record.latitude),
            "certificate": record.certificate or "",
        },
    }


def fund_of(record: BudgetRecord) -> str:
    """The fund's code as care writes it."""
    return record.fund.lower().replace("-", "_")


def _budget(record: BudgetRecord) -> dict[str, Any]:
    return {
        "fund": fund_of(record),
        "title": record.fund_name,
        "year": record.year,
        "amount": record.amount_fen,
    }
