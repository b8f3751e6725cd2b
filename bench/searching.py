"""Finding somebody among 100,000 as one types: the one box of those who take calls.

The register's tables are filled as their view fills them, with invented people; what is timed is the reading
that the box asks for, with all that it shows of each hit. A round types each kind of search sign by sign.
Against it stand what people wait for without noticing, and the search that one writes first: each column
LIKE '%…%'.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from statistics import quantiles
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import asyncpg

from bench.ground import Ground
from bench.measure import SHOWN, Line, Scale, Series, Target, alternate
from deploy.demo.persons import SURNAMES
from services.intake.api.finding import find_cadres
from services.intake.sought import words_of
from services.intake.views import VIEWS
from shared.clock import WallClock
from shared.contracts.values import Details
from shared.http.reading import ReadContext
from shared.pinyin import initials_of, pinyin_of
from shared.roles import Principal, Role

LIMIT_MS = 100.0
COMMUNITIES = 25
READ = ("communities", "cadres", "requests")
SIGNS = "桂淑秀玉凤素兰雅云惠亚春丽瑞月敏德福国振宝长永文景树广殿延世鸿山林海才祥和堂发臣礼信田财清义珍英"
_SCAN = """
SELECT id, name, details FROM cadres WHERE name LIKE $1 OR pinyin LIKE $1 OR details ->> 'phones' LIKE $1
    OR details ->> 'address' LIKE $1 OR details ->> 'id_number' LIKE $1 ORDER BY pinyin, id LIMIT 12"""
Look = Callable[[str], Awaitable[Any]]


@dataclass(frozen=True)
class Register:
    """Invented people in a database, and what somebody may type to find a few of them."""

    pool: asyncpg.Pool
    typed: Sequence[str]

    async def find(self, text: str) -> None:
        """As the box does."""
        running = SimpleNamespace(name="intake", store=SimpleNamespace(pool=self.pool), clock=WallClock())
        principal = Principal("bench", Role.OPERATOR, None)
        await find_cadres(ReadContext(cast("Any", running), principal, "zh"), text)

    async def scan(self, text: str) -> None:
        """As one writes it first."""
        await self.pool.fetch(_SCAN, f"%{text}%")

    async def p95(self, look: Look) -> float:
        """Of all that is typed, in milliseconds."""
        took = []
        for text in self.typed:
            begin = time.perf_counter()
            await look(text)
            took.append((time.perf_counter() - begin) * 1000)
        return quantiles(took, n=20)[-1]


async def measure(ground: Ground, scale: Scale) -> list[Line]:
    """Both lines."""
    people = scale.pick(100_000, 500)
    async with _register(ground, people) as register:
        found = await alternate(
            scale.rounds,
            {"ours": lambda: register.p95(register.find), "scan": lambda: register.p95(register.scan)},
        )
    limit = Series((LIMIT_MS,) * scale.rounds)
    what = f"one box among {people:,} people, p95 of each sign typed"
    return [
        Line(what, found["ours"], "what nobody notices", limit, "ms", Target("at most", 1)),
        Line(what, found["ours"], "LIKE '%…%' over each column", found["scan"], "ms", SHOWN),
    ]


@asynccontextmanager
async def _register(ground: Ground, people: int) -> AsyncIterator[Register]:
    dsn = await ground.database()
    views = [view for view in VIEWS if view.name in READ]
    path = ", ".join(view.schema for view in views)
    async with asyncpg.create_pool(
        dsn, min_size=2, max_size=2, server_settings={"search_path": path}
    ) as pool:
        async with pool.acquire() as db, db.transaction():
            for view in views:
                await view.create(db)
        yield Register(pool, await _fill(pool, people))


async def _fill(pool: asyncpg.Pool, people: int) -> list[str]:
    """Everybody with a name, a phone, an address and an identity number; gives what finds some of them."""
    random = Random(1)  # noqa: S311  invented people
    places = [(UUID(int=at + 1), f"{SURNAMES[at]}桥社区") for at in range(COMMUNITIES)]
    await pool.executemany(
        "INSERT INTO communities (id, code, name, subdistrict, address, phone, party_branch, version)"
        " VALUES ($1, $2, $2, '', '', '', '', 1)",
        places,
    )
    cadres, words, known = [], [], []
    for number in range(people):
        community, place = random.choice(places)
        door = f"{random.randint(1, 40)}号楼{random.randint(1, 4)}单元{random.randint(101, 604)}室"
        details = Details(
            name="".join((random.choice(SURNAMES), random.choice(SIGNS), random.choice(SIGNS))),
            id_number=f"000000{random.randint(1920, 1970)}{number % 1200:04}{number % 1000:03}X",
            phones=(f"+86139{random.randrange(100_000_000):08}",),
            address=place + door,
        )
        cadre = UUID(int=1_000_000 + number)
        name = details.name
        cadres.append((cadre, "Registered", community, name, pinyin_of(name), details.model_dump_json()))
        words += [(word, cadre, why.value) for word, why in words_of(details)]
        known.append((details, place))
    await _copy(pool, "cadres", ("id", "state", "community", "name", "pinyin", "details"), cadres)
    await _copy(pool, "cadre_words", ("word", "cadre", "why"), words)
    await pool.execute("ANALYZE")
    return [text for details, place in random.sample(known, 5) for text in _typed(details, place)]


async def _copy(
    pool: asyncpg.Pool, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Every row; a register's also with when it was entered."""
    if table == "cadres":
        now = WallClock().now()
        columns, rows = (*columns, "registered_at", "version"), [(*row, now, 1) for row in rows]
    schema = "view_cadres"
    async with pool.acquire() as db:
        await db.copy_records_to_table(table, records=rows, columns=columns, schema_name=schema)


def _typed(details: Details, place: str) -> list[str]:
    """What is in the box after each sign, for each way to find somebody."""
    name, phone = details.name, details.phones[0].removeprefix("+86")
    whole = (
        name,
        pinyin_of(name),
        initials_of(name),
        phone,
        phone[-4:],
        details.id_number,
        details.address.removeprefix(place),
        place,
        f"{name[0]} {place}",
        f"{initials_of(name)} {details.address.removeprefix(place)[:4]}",
    )
    return [text[: at + 1] for text in whole for at in range(len(text))]
