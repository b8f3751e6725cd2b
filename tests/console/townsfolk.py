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

    async def open_offers(self, request: str) -> list[str]:
        """Offers that wait for an answer."""
        match = await self.read(f"{MATCHING}/matches/{request}")
        return [one["offer"] for one in match["offers"] if one["state"] == "Open"]
