"""Where the demo city lies: six subdistricts, 25 communities.

The subdistricts 河北, 河南, 东三 and 岭西 and the communities 新建 (岭西) and 广盛 (东三) are real names;
everything else, coordinates included, is invented.
"""

from dataclasses import dataclass
from random import Random

CENTRE = (124.82, 43.50)
KM_PER_DEGREE = (80.8, 111.1)
"""East and north at 43.5° N."""


@dataclass(frozen=True, slots=True)
class Subdistrict:
    """`east` and `north` are km from the centre; `share` is its part of the city's cadres in percent."""

    name: str
    prefix: str
    east: float
    north: float
    share: int
    communities: tuple[str, ...]


SUBDISTRICTS = (
    Subdistrict("河北街道", "HB", 0.3, 1.6, 30, ("站前", "文昌", "育才", "北苑", "长青")),
    Subdistrict("河南街道", "HN", -0.2, -1.5, 27, ("南桥", "光明", "和顺", "建设里", "康宁")),
    Subdistrict("东三街道", "DS", 2.2, 0.2, 22, ("广盛", "东园", "迎春", "朝晖", "兴业")),
    Subdistrict("岭西街道", "LX", -2.4, 0.9, 11, ("新建", "岭前", "西苑", "松林")),
    Subdistrict("清泉街道", "QQ", 1.9, -2.6, 6, ("清泉", "石桥", "果园")),
    Subdistrict("柳堤街道", "LD", -2.3, -2.4, 4, ("柳堤", "河湾", "新村")),
)
NOBODY_LIVES_IN = frozenset({"新村", "果园", "松林"})
"""Communities without a single cadre."""


@dataclass(frozen=True, slots=True)
class Place:
    """A community and how many shares of the cadres live there."""

    code: str
    name: str
    subdistrict: str
    longitude: float
    latitude: float
    weight: float


def places(seed: int) -> tuple[Place, ...]:
    """The 25 communities, each within a kilometre of its subdistrict's centre."""
    random = Random(f"{seed}:places")  # noqa: S311
    found = []
    for district in SUBDISTRICTS:
        lived_in = [name for name in district.communities if name not in NOBODY_LIVES_IN]
        for number, name in enumerate(district.communities, start=1):
            longitude, latitude = offset(
                CENTRE, district.east + random.uniform(-0.9, 0.9), district.north + random.uniform(-0.9, 0.9)
            )
            weight = district.share / len(lived_in) * random.uniform(0.7, 1.3) if name in lived_in else 0.0
            code = f"{district.prefix}-{number:02}"
            found.append(Place(code, f"{name}社区", district.name, longitude, latitude, weight))
    return tuple(found)


def offset(origin: tuple[float, float], east: float, north: float) -> tuple[float, float]:
    """The point so many km east and north, to six decimals."""
    return (round(origin[0] + east / KM_PER_DEGREE[0], 6), round(origin[1] + north / KM_PER_DEGREE[1], 6))
