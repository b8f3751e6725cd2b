"""A community whose people a test makes one by one, as the coordinator sees them."""

from typing import Any

from tests.console.place import MATCHING, Place


class Townsfolk(Place):
    """Everybody of one community; `name` is in all names."""

    @property
    def name(self) -> str:
        """The mark."""
        return self.mark

    async def tell(self, role: str, path: str, body: Any = None) -> Any:
        """A command of this role over the whole city."""
        return await self.does(role, path, body)

    async def read(self, path: str, role: str = "coordinator", **query: str) -> Any:
        """What this role reads."""
        return await self.sees(role, path, **query)

    async def asked(self, cadre: str, count: int = 1) -> str:
        """A request that so many helpers are asked for: by the system, or by us at night, when it waits."""
        request = await self.request(cadre)
        path = f"{MATCHING}/matches/{request}"
        match = await self.until("coordinator", path, lambda match: match if match["ranking"] else None)
        known = [one["helper"] for one in match["offers"]]
        others = [one["helper"] for one in match["ranking"]["ranked"] if one["helper"] not in known]
        for helper in others[: count - len(known)]:
            await self.tell("coordinator", f"{path}/offers", {"helper": helper})
        await self.until("coordinator", path, lambda match: len(match["offers"]) == count)
        return request

    async def open_offers(self, request: str) -> list[str]:
        """Offers that wait for an answer."""
        match = await self.read(f"{MATCHING}/matches/{request}")
        return [one["offer"] for one in match["offers"] if one["state"] == "Open"]
