"""A full disk: what is asked for meanwhile is refused clearly, and all goes on when there is room again."""

import errno
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.disk import full
from shared.bus.outage import is_outage
from shared.roles import Role
from tests.harness import City

COUNTERS = "/counting/api/v1/counters"
FILL = """
CREATE FUNCTION store.no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON store.{table} FOR EACH ROW EXECUTE FUNCTION store.no_room()"""
FREE = "DROP FUNCTION store.no_room CASCADE"


async def test_a_command_is_refused_and_can_be_repeated(toy_city: City) -> None:
    """503 that says so and when to come again; the same command goes through once there is room."""
    operator, pool = toy_city.client(Role.OPERATOR), toy_city.store("counting").pool
    body, key = {"cadre": str(uuid4()), "label": "a"}, "before-and-after"
    await pool.execute(FILL.format(table="events"))
    try:
        refused = await operator.command(COUNTERS, body, key=key)
    finally:
        await pool.execute(FREE)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert "disk is full" in refused.json()["detail"]
    assert (await operator.done(COUNTERS, body, key=key))["version"] == 1
    assert len(await toy_city.events("counting")) == 1


async def test_what_a_consumer_could_not_write_is_written_later(toy_city: City) -> None:
    """Nothing is parked and no try is counted: it waits for room, and then has its effect once."""
    operator, pool = toy_city.client(Role.OPERATOR), toy_city.store("hearing").pool
    await pool.execute(FILL.format(table="events"))
    try:
        done = await operator.done(COUNTERS, {"cadre": str(uuid4()), "label": "a"})
        await operator.done(f"{COUNTERS}/{done['id']}/count", {"by": 2})
        await toy_city.client(Role.ADMIN).get("/hearing/api/v1/views", params={"after": done["position"]})
        assert await toy_city.events("hearing") == []
    finally:
        await pool.execute(FREE)
    await toy_city.settle()
    assert [event.total for event in await toy_city.events("hearing")] == [2]
    assert await toy_city.client(Role.ADMIN).read("/hearing/api/v1/parked") == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_no_room_for_a_file_is_an_outage(code: int) -> None:
    """Whether or not the error names the file; a file that isn't there is none."""
    assert is_outage(OSError(code, "no room", "evidence"))
    assert is_outage(OSError(code, "no room"))
    assert not is_outage(FileNotFoundError(errno.ENOENT, "not there", "evidence"))


def test_a_disk_without_room_is_found(tmp_path: Path) -> None:
    """The kernel's own file system has no room for anybody; one that isn't there counts for nothing."""
    assert full(tmp_path, Path("/proc")) == Path("/proc")
    assert full(tmp_path, None, tmp_path / "nowhere") is None
