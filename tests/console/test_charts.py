"""Charts: drawn from their tables under the pages' policy, in the colours of the page, pressed as links."""

from typing import Any

import pytest
from playwright.async_api import Page, Route

from shared.console.pages import HEADERS
from shared.console.statics import mark
from tests.console.conftest import Open
from tests.console.place import until

SQUARE = {
    "type": "Feature",
    "properties": {"name": "站前社区", "cp": [0.5, 0.5]},
    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]},
}
TABLE = """<table><thead><tr><th>社区<th data-series>求助<th data-series=late>超时</thead><tbody>
<tr><td>站前社区<td data-value=4><a href="#four">4 件</a><td>1<tr><td>河北社区<td>2<td>0</tbody></table>"""
POINTS = "<table data-points><tbody><tr data-at='0.2,0.2'><td>张三</tbody></table>"
LIST = """<ul><li><a href="#root">接到求助</a>
<ul><li><span>分级</span></li><li><span>派单</span></li></ul></li></ul>"""
SHOWS = """async ([at, wanted]) => {
    const { looks } = await import(at);
    const canvas = document.querySelector("figure canvas");
    if (!canvas) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = new Set();
    for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] > 250) found.add(data.slice(at, at + 3).join());
    }
    const tokens = looks();
    return wanted.every(name => found.has(tokens[name].slice(4, -1)));
}"""


async def drawn(page: Page, kind: str, told: str) -> str:
    """A page with one chart; gives the address of the module."""
    static = f"/identity/static/{mark('identity')}"
    html = f"""<!doctype html><html lang="zh-CN"><head><title>图</title>
        <link rel="stylesheet" href="{static}/console.css">
        <script type="module" src="{static}/charts.js"></script></head><body><main>
        <figure class="chart" data-chart="{kind}" data-geo="/geo.json">
        <figcaption>负荷</figcaption>{told}</figure>
        </main></body></html>"""

    async def page_(route: Route) -> None:
        await route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=dict(HEADERS))

    async def geo(route: Route) -> None:
        await route.fulfill(json={"type": "FeatureCollection", "features": [SQUARE]})

    await page.route("**/chart", page_)
    await page.route("**/geo.json", geo)
    await page.goto("/chart")
    await page.wait_for_selector(".drawing canvas")
    return f"{static}/charts.js"


@pytest.mark.parametrize(
    ("kind", "told", "shows"),
    [
        ("bars", TABLE, {"accent", "late"}),
        ("lines", TABLE, {"accent", "late"}),
        ("map", TABLE + POINTS, {"accent", "late"}),
        ("tree", LIST, {"accent"}),
    ],
)
async def test_a_chart_has_the_colours_of_its_page(
    window: Open, kind: str, told: str, shows: set[str]
) -> None:
    """In the light and in the dark, one after the other, without a motion and without a broken policy."""
    page = await window(color_scheme="light", reduced_motion="reduce")
    module = await drawn(page, kind, told)
    seen: list[Any] = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await until(lambda: page.evaluate("document.querySelectorAll('.drawing canvas').length === 1"))
        await until(lambda: page.evaluate(SHOWS, [module, sorted(shows)]))
        seen.append(await page.evaluate("async at => (await import(at)).looks().ink", module))
    assert seen[0] != seen[1]
    assert await page.get_attribute(".drawing", "aria-hidden") == "true"


async def test_a_press_on_a_bar_follows_its_link(window: Open) -> None:
    """That of its cell; one without a link does nothing."""
    page = await window(reduced_motion="reduce")
    await drawn(page, "bars", TABLE)
    box = await page.locator(".drawing").bounding_box()
    assert box
    await page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] * 0.38)
    await page.wait_for_url("**/chart#four")


async def test_a_chart_follows_its_room(window: Open) -> None:
    """A narrower window makes it narrower."""
    page = await window(1366)
    await drawn(page, "lines", TABLE)
    await page.set_viewport_size({"width": 390, "height": 844})
    await until(lambda: page.evaluate("document.querySelector('.drawing canvas')?.clientWidth < 390"))
