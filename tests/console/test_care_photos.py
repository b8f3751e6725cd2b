"""Photos on a phone: made small, without their place but on purpose, kept through a loss of network."""

import base64
from typing import Any

from playwright.async_api import FilePayload, Page, expect

from shared.photos import says_where
from tests.command_line import Up
from tests.console.conftest import Open
from tests.console.helping import Street, street
from tests.console.place import CARE
from tests.console.test_care_visits import PHONE, arrived
from tests.photo_cases import MAKE, PLACE, exif, with_segment

DRAW = """() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2400, 1200];
    canvas.getContext("2d").fillRect(0, 0, 1200, 1200);
    return canvas.toDataURL("image/jpeg").split(",")[1];
}"""
SIZE = "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"


async def camera(page: Page) -> FilePayload:
    """A picture as a phone takes it, with its place."""
    plain = base64.b64decode(await page.evaluate(DRAW))
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": with_segment(plain, exif(MAKE, PLACE))}


async def at_the_door(window: Open, up: Up) -> tuple[Street, Page, str]:
    """A visit that has begun, its photo's form open, and a picture chosen."""
    here = await street(up)
    visit = await here.visit(await here.cadre("张桂兰"))
    await here.does(here.helping, f"{CARE}/visits/{visit}/begin")
    page = await here.signs_in(await window(**PHONE, language="en"))
    await page.goto(f"/care/visits/{visit}")
    await page.get_by_text("Add a photo").tap()
    await page.set_input_files("#file", await camera(page))
    await expect(page.locator("canvas.preview")).to_be_visible()
    return here, page, visit


async def stored(here: Street, visit: str) -> tuple[dict[str, Any], bytes]:
    """The one photo of the visit, and its file."""
    (photo,) = (await here.reads(f"{CARE}/visits/{visit}"))["photos"]
    return photo, (
        await here.send(here.helping, "GET", f"{CARE}/visits/{visit}/photos/{photo['sha256']}")
    ).content


async def test_a_photo_is_small_and_says_no_place(window: Open, up: Up) -> None:
    """Taken without a network, sent once there is one; 1600 pixels at the longest, with what it shows."""
    here, page, visit = await at_the_door(window, up)
    await page.context.set_offline(True)
    await page.get_by_label("What it shows").fill("水管 <b>漏</b>")
    await page.get_by_role("button", name="Add the photo").tap()
    await expect(page.locator("#kept li.waiting")).to_have_count(1)
    await page.context.set_offline(False)
    await arrived(page, "The photo is kept")
    shown = page.get_by_role("img", name="水管 <b>漏</b>")
    assert await shown.evaluate(SIZE) == [1600, 800]
    photo, plain = await stored(here, visit)
    assert not photo["located"]
    assert not says_where(plain)
    assert b"Exif" not in plain


async def test_a_place_is_kept_on_purpose(window: Open, up: Up) -> None:
    """The file as it was, and the page says so; what is no picture can't be sent."""
    here, page, visit = await at_the_door(window, up)
    button = page.get_by_role("button", name="Add the photo")
    await page.set_input_files("#file", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"})
    await expect(page.get_by_text("no picture that this phone can read")).to_be_visible()
    await expect(button).to_be_disabled()
    await page.set_input_files("#file", await camera(page))
    await expect(page.get_by_text("no picture that this phone can read")).to_be_hidden()
    await page.get_by_label("Keep the place").check()
    await button.tap()
    await arrived(page, "The photo is kept")
    await expect(page.get_by_text("· with its place")).to_be_visible()
    photo, plain = await stored(here, visit)
    assert photo["located"]
    assert says_where(plain)
