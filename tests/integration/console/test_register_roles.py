"""The register's pages for each role: what they offer, what they refuse, whose files they show."""

import pytest

from services.intake.domain.community import community_id
from shared.roles import Role
from tests.intake_cases import API
from tests.integration.console.desk import KEY, Desk
from tests.integration.console.test_register import NEW, ZQ, colleague, seen


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (Role.SECRETARY, ("details", "assess", "guarantors", "admit", "death", "consent"), ("move", "merge")),
        (Role.SUBDISTRICT, ("assess", "move"), ("details", "death", "guarantors")),
        (Role.ADMIN, ("details", "assess", "guarantors"), ("move", "death", "admit")),
        (Role.COORDINATOR, (), ("details", "assess", "move", "death")),
        (Role.OPERATOR, ("details", "guarantors", "move", "death"), ("assess", "withdraw")),
    ],
)
async def test_a_page_offers_what_a_role_may(
    desk: Desk, role: Role, may: tuple[str, ...], may_not: tuple[str, ...]
) -> None:
    """And a form that isn't offered is refused when it is sent all the same."""
    cadre = await desk.cadre(f"窦{role.value}")
    async with colleague(desk, role, ZQ) as browser:
        page = (await browser.open(f"/intake/register/{cadre}")).text
        for verb in may:
            assert f"/{cadre}/{verb}" in page, verb
        for verb in may_not:
            assert f"/{cadre}/{verb}" not in page, verb
        verb = next(one for one in may_not if one != "merge")
        sent = {
            "reason": "试试",
            "name": "x",
            "on": "2026-05-30",
            "sure": "yes",
            "community": ZQ,
            "flag": "bedridden",
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-01",
        }
        await browser.open("/intake/register")
        answer = await browser.submit(
            f"/intake/register/{cadre}/{verb}", key=f"forbidden-{role.value}", **sent
        )
        assert answer.status_code == 403, verb
    assert (await seen(desk, cadre))["version"] == 1


async def test_a_register_is_of_ones_own_communities(desk: Desk) -> None:
    """A secretary comes to it from the frame, finds and enters only their own; nobody else's file opens."""
    cadre = await desk.cadre("单桂琴")
    body = {"code": "zf", "name": "南站社区", "subdistrict": "河南街道"}
    await desk.city.client(Role.ADMIN).done(f"{API}/communities", body)
    await desk.city.settle()
    async with colleague(desk, Role.SECRETARY, str(community_id("zf"))) as secretary:
        home = await secretary.open("/intake/")
        assert home.url.path == "/intake/register"
        assert 'data-key="F2"' not in home.text
        assert (await secretary.open(f"/intake/register/{cadre}")).status_code == 403
        assert cadre not in (await secretary.open("/intake/find?q=单桂琴")).text
        assert ZQ not in (await secretary.open("/intake/register/new")).text
        (key,) = KEY.findall((await secretary.open("/intake/register/new")).text)
        outside = await secretary.submit("/intake/register/new", key=key, **NEW, name="单桂芹")
        assert outside.status_code == 403
    hits = await desk.browser.get("/intake/find", params={"q": "单桂琴", "for": "register"})
    assert f'href="/intake/register/{cadre}"' in hits.text
    evil = await desk.cadre('<b>"&\u202e')
    assert '<b>"&' not in (await desk.browser.open(f"/intake/register/{evil}")).text
