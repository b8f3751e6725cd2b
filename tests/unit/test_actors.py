"""Who acted, in words."""

import pytest

from deploy.services import SERVICES
from shared.actors import PARTS_ZH, ROLES_ZH, named
from shared.handlers import HANDLERS
from shared.roles import Role
from tests.harness import NAMES

HELPER = "helper-019b76da-a800-7e29-a7ee-efad1a2b3c4d"


@pytest.mark.parametrize(
    ("sub", "role", "en", "zh"),
    [
        (HELPER, "volunteer", "volunteer …1a2b3c4d", "志愿者 …1a2b3c4d"),
        (HELPER.removeprefix("helper-"), "care_worker", "care worker …1a2b3c4d", "助老员 …1a2b3c4d"),
        ("operator-3", "operator", "operator 3", "接线员 3"),
        (
            "system:matching/answer_move",
            "system",
            "matching, by itself: answers a move",
            "调度（系统）：答复改期",
        ),
        (
            "system:care/since_removed",
            "system",
            "care, by itself: since_removed",
            "帮扶（系统）：since_removed",
        ),
        ("system:kafka", "system", "kafka, by itself", "kafka（系统）"),
        ("whoever", "newer", "newer whoever", "newer whoever"),
    ],
)
def test_an_actor_is_a_role_and_a_short_id(sub: str, role: str, en: str, zh: str) -> None:
    """The end of the id, since many share its beginning; what the system does; the rest as is."""
    assert (named(sub, role, "en"), named(sub, role, "zh")) == (en, zh)


def test_every_role_and_every_service_has_a_word() -> None:
    """In Chinese; a new one is missing here until it has one."""
    assert set(ROLES_ZH) == set(Role)
    assert set(PARTS_ZH) == set(NAMES)


def test_whatever_the_system_does_has_words() -> None:
    """Every reaction and every timer; none is left over of what is no more."""
    reactions = {reaction.__name__ for service in SERVICES for reaction in service.reactions.values()}
    timers = {name for service in SERVICES for name in service.timers}
    assert set(HANDLERS) == reactions | timers | {"define_services", "demo", "first_account"}
