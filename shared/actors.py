"""Who acted, in words: the role and a short id, which name nobody; for the system what it does."""

import re

from shared.handlers import handler_word
from shared.roles import Role

ROLES_ZH = {
    Role.OPERATOR: "接线员",
    Role.COORDINATOR: "协调员",
    Role.VOLUNTEER: "志愿者",
    Role.CARE_WORKER: "助老员",
    Role.SECRETARY: "社区书记",
    Role.SUBDISTRICT: "街道干部",
    Role.UNIT_LIAISON: "原单位联络员",
    Role.FAMILY: "家属",
    Role.ORGANISATION: "服务机构",
    Role.CLINIC: "医疗机构",
    Role.REVIEWER: "审核人",
    Role.APPROVER: "审批人",
    Role.PAYER: "拨付人",
    Role.AUDITOR: "审计员",
    Role.ADMIN: "管理员",
}
PARTS_ZH = {"intake": "接线", "matching": "调度", "care": "帮扶", "reporting": "审计", "identity": "账户"}
_SYSTEM = "system:"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{4}([0-9a-f]{8})")
"""Its end is kept: its beginning is a time, which many share."""


def named(sub: str, role: str, language: str) -> str:
    """An actor for people, in `zh` or `en`: "volunteer …8a6f1c2d", "matching, by itself: answers a move"."""
    zh = language == "zh"
    if sub.startswith(_SYSTEM):
        part, _, handler = sub.removeprefix(_SYSTEM).partition("/")
        says = f"{PARTS_ZH.get(part, part)}（系统）" if zh else f"{part}, by itself"
        return f"{says}{'：' if zh else ': '}{handler_word(handler, language)}" if handler else says
    short = _UUID.sub(r"…\1", sub)
    for said in (role, "helper"):  # which the word says already
        short = short.removeprefix(f"{said}-")
    return f"{role_word(role, language)} {short}"


def role_word(role: str, language: str) -> str:
    """A role in words, in `zh` or `en`."""
    if language == "zh" and role in ROLES_ZH:
        return ROLES_ZH[Role(role)]
    return role.replace("_", " ")
