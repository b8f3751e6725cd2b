"""How one wants to see pages: the language, light or dark, the size of type; kept in this browser."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response

from services.identity.console.entering import After
from shared.console.pages import SCHEME, SCHEMES, SIZE, SIZES
from shared.console.session import HOME, keep, local, see
from shared.http.problems import LANGUAGE

router = APIRouter()
YEAR = 366 * 24 * 3600


@router.post("/look")
async def choose(
    request: Request,
    after: After = HOME,
    language: Annotated[Literal["", "zh", "en"], Form()] = "",
    scheme: Annotated[str, Form()] = "",
    size: Annotated[str, Form()] = "",
) -> Response:
    """Keep what was chosen, and back to the page."""
    answer = see(local(after))
    for name, value, values in (
        (LANGUAGE, language, ("zh", "en")),
        (SCHEME, scheme, SCHEMES),
        (SIZE, size, SIZES),
    ):
        if value in values:
            keep(request, answer, name, value, YEAR)
    return answer
