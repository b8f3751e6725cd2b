"""A browser in a test's hands: cookies, links, and forms sent as the page has them."""

import re
from typing import Any

import httpx

HIDDEN = re.compile(r'<input type="hidden" name="mark" value="([^"]*)"')
PAGE = {"Accept": "text/html", "Accept-Language": "en", "Sec-Fetch-Dest": "document"}
HOME = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form that is sent from a page of the same address."""
SCRIPT = {"Accept": "*/*", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"}


class Browser(httpx.AsyncClient):
    """It follows redirects as browsers do, with what a form holds on a 307."""

    def __init__(self, **options: Any) -> None:
        """Signed in nowhere."""
        options.setdefault("base_url", "http://city")
        super().__init__(follow_redirects=True, trust_env=False, headers=PAGE, **options)
        self.form = ""
        self.page = ""

    async def open(self, path: str) -> httpx.Response:
        """A page; its forms' mark is kept."""
        return self._kept(await self.get(path))

    async def submit(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of the page that is open."""
        return self._kept(
            await self.post(path, data={"mark": self.form, **fields}, headers={**HOME, "Referer": self.page})
        )

    async def sign_in(self, login: str, password: str, after: str = "/identity/") -> httpx.Response:
        """As a person does."""
        await self.open(f"/identity/sign-in?next={after}")
        return await self.submit(f"/identity/sign-in?next={after}", login=login, password=password)

    def forget(self, name: str) -> None:
        """As when a cookie's time is over."""
        self.cookies.delete(name)

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        found = HIDDEN.search(answer.text)
        self.form = found[1] if found else ""
        self.page = str(answer.url)
        return answer
