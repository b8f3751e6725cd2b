"""Tokens of a demo: longer-lived than identity's and marked, so that a bureau's own data refuse them."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from deploy.client import Signer, Who
from deploy.errors import NotDevelopmentError, NotStartedError
from deploy.folder import DataFolder
from shared import ids
from shared.roles import Role

HOURS = 12.0
BOUND = {
    Role.VOLUNTEER: "helper",
    Role.CARE_WORKER: "helper",
    Role.ORGANISATION: "helper",
    Role.CLINIC: "helper",
    Role.FAMILY: "cadre",
    Role.UNIT_LIAISON: "unit",
}
"""What a role that reaches its own things only is bound to."""


def signer(data: Path, hours: float = HOURS) -> Signer:
    """Signs for the demo in a data folder. NotStartedError; NotDevelopmentError for a bureau's own data."""
    folder = DataFolder(data)
    state = folder.state()
    if state is None or not folder.key.exists():
        raise NotStartedError(data=folder.path)
    if not state.demo:
        raise NotDevelopmentError(data=folder.path)
    made = Signer.of(folder.path)
    made.seconds = round(hours * 3600)
    return made


def person(
    role: Role,
    *,
    communities: Iterable[UUID] | None = None,
    cadre: UUID | None = None,
    helper: UUID | None = None,
    unit: str = "",
    sub: str = "",
) -> Who:
    """Somebody of this role, the same one each time unless `sub` names another."""
    scope = None if communities is None else tuple(communities)
    sub = sub or str(ids.derive(ids.EPOCH, "dev", role, cadre or helper or unit))
    return Who(sub, role, scope, cadre, helper, unit)
