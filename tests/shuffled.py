"""The past in another order: as Kafka may bring it, whose order holds by service and key only."""

from collections import defaultdict, deque
from collections.abc import AsyncIterator, Collection
from random import Random

from shared.bus.past import Cursors, Past, Read, Reader
from shared.eventstore.tables import Connection


class ShuffledPast:
    """Mixes the keys of each service at random, and the services; each key's events keep their order."""

    def __init__(self, past: Past, seed: int) -> None:
        """Of this past; the same seed mixes the same way."""
        self._past, self._seed = past, seed

    @property
    def names(self) -> Collection[str]:
        """The same services."""
        return self._past.names

    def reader(self, sources: Collection[str], consumer: str) -> "ShuffledReader":
        """Of these services."""
        return ShuffledReader(self._past.reader(sources, consumer), Random(self._seed))  # noqa: S311  no secret


class ShuffledReader:
    """Reads all that there is, then mixes it."""

    def __init__(self, reader: Reader, random: Random) -> None:
        """Of this reader."""
        self._reader, self._random = reader, random

    async def more(self) -> AsyncIterator[Read]:
        """What has come since, mixed."""
        queues: dict[tuple[str, str], deque[Read]] = defaultdict(deque)
        async for read in self._reader.more():
            queues[read.envelope.source, read.envelope.key].append(read)
        waiting = list(queues.values())
        while waiting:
            place = self._random.randrange(len(waiting))
            yield waiting[place].popleft()
            if not waiting[place]:
                waiting[place] = waiting[-1]
                waiting.pop()

    async def cursors(self, db: Connection) -> Cursors:
        """As the reader says."""
        return await self._reader.cursors(db)

    async def close(self) -> None:
        """Give back what it reads with."""
        await self._reader.close()
