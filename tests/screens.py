"""`python -m tests.screens FOLDER [NAME …]`: pictures of main pages of a demo that has its past."""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page

from tests.command_line import running
from tests.node import launched

LOADED, LOADING_SECONDS = "the demo city has its past", 240.0
ALIKE = """() => {
  const drawn = [...'就近'].map(sign => {
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d');
    pen.font = '40px system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
    pen.fillText(sign, 0, 50);
    return canvas.toDataURL();
  });
  return drawn[0] === drawn[1];
}"""


class NoFontError(Exception):
    """There is no Chinese font here: install one (Debian, Ubuntu: apt install fonts-noto-cjk)."""


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it: entered in a role, and what is clicked or pressed (`key:…`) there."""

    name: str
    role: str
    path: str
    steps: Sequence[str] = ()
    width: int = 1366
    height: int = 768
    language: str = "zh-CN"
    scheme: str = "light"


FOUND = ("key:/", "type:zhang", "see:#hit-2", "key:Enter")
LIVE = ("see:#line [data-when=on]",)
READ = (
    "type:张",
    "key:Enter",
    "main table a",
    "type:年度抽查",
    "key:Enter",
    "see:main table, main ol",
)
PICTURES = (
    Picture("demo", "", "/identity/demo"),
    Picture("home", "operator", "/identity/"),
    Picture("find", "operator", "/intake/", ("key:/", "type:zhang", "see:#hit-2")),
    Picture("call", "operator", "/intake/", (*FOUND, "see:textarea")),
    Picture("call-en", "operator", "/intake/", (*FOUND, "see:textarea"), language="en", scheme="dark"),
    Picture("board", "coordinator", "/matching/", LIVE),
    Picture("request", "coordinator", "/matching/", (*LIVE, "#list-assigned li a", "see:#panel h2")),
    Picture("figures", "auditor", "/reporting/figures", ("see:.drawing canvas",)),
    Picture("history", "auditor", "/reporting/", READ),
    Picture("funding-list", "reviewer", "/care/fundings?which=open"),
    Picture("funding-case", "reviewer", "/care/fundings?which=open", ("key:1", "see:.steps")),
    Picture("plan", "secretary", "/care/plans", ("key:1", "see:.steps")),
    Picture("file", "secretary", "/intake/register", (*FOUND, "see:main h1")),
    Picture("offers", "volunteer", "/matching/offers", width=390, height=844),
    Picture("visits", "volunteer", "/care/visits", width=390, height=844),
    Picture("accounts", "admin", "/identity/accounts"),
    Picture("budget", "approver", "/care/budgets", ("see:.drawing canvas",)),
)


async def take(chrome: Browser, address: str, picture: Picture, folder: Path) -> None:
    """One picture, in a browser of its own."""
    context = await chrome.new_context(
        base_url=address,
        viewport={"width": picture.width, "height": picture.height},
        locale=picture.language,
        color_scheme="dark" if picture.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.goto("/identity/demo")
    if picture.role:
        async with page.expect_navigation():
            await page.click(f"button[value={picture.role}]")
        await page.goto(picture.path)
    for step in picture.steps:
        await _do(page, step)
    await page.screenshot(path=folder / f"{picture.name}.png")
    await context.close()


async def _do(page: Page, step: str) -> None:
    kind, _, what = step.partition(":")
    if kind == "key":
        await page.keyboard.press(what)
    elif kind == "type":  # a page gives a field the focus when it is first drawn
        await page.wait_for_selector("input:focus, textarea:focus")
        await page.keyboard.type(what)
    elif kind == "see":
        await page.wait_for_selector(what)
    else:
        await page.click(step)


async def take_all(address: str, pictures: Sequence[Picture], folder: Path) -> None:
    """Each, one after the other."""
    async with launched() as chrome:
        if await (await chrome.new_page()).evaluate(ALIKE):
            raise NoFontError(NoFontError.__doc__)
        for picture in pictures:
            await take(chrome, address, picture, folder)
            sys.stdout.write(f"{folder / picture.name}.png\n")


def main(folder: Path, names: Sequence[str]) -> None:
    """Into this folder, all of them or some."""
    unknown = set(names) - {one.name for one in PICTURES}
    if unknown:
        sys.exit(f"jiujin: no picture {', '.join(sorted(unknown))}; there are: {', '.join(_names())}")
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [one for one in PICTURES if not names or one.name in names]
    with tempfile.TemporaryDirectory(prefix="jiujin-screens-") as made:
        Path(made).chmod(0o755)  # the user who runs PostgreSQL has to reach it
        sys.stdout.write("making a demo city with its past, about a minute …\n")
        sys.stdout.flush()
        with running(Path(made) / "data") as up:
            up.wait_said(LOADED, LOADING_SECONDS)
            try:
                asyncio.run(take_all(up.address, wanted, folder))
            except NoFontError as error:
                sys.exit(f"jiujin: {error}")


def _names() -> Sequence[str]:
    return [one.name for one in PICTURES]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
