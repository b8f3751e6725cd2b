"""Style sheets and scripts, under addresses that change with their contents, so that browsers keep them."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from shared.errors import UnknownError

FOLDER = Path(__file__).with_name("static")
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
router = APIRouter()


class NoFileError(UnknownError):
    """There is no such file. Load the page again."""

    zh = "没有这个文件。请重新载入页面。"


@cache
def files() -> dict[str, bytes]:
    """What there is, by name."""
    return {file.name: file.read_bytes() for file in sorted(FOLDER.iterdir()) if file.suffix in KINDS}


@cache
def mark() -> str:
    """Changes when any file does: a script names its neighbours without knowing their contents."""
    told = hashlib.sha256()
    for name, content in files().items():
        told.update(f"{name} {len(content)} ".encode() + content)
    return told.hexdigest()[:12]


@router.get("/static/{marked}/{name}")
async def static(marked: str, name: str) -> Response:
    """A file; kept by the browser unless it is asked for by a page of another version."""
    content = files().get(name)
    if content is None:
        raise NoFileError
    kept = "public, max-age=31536000, immutable" if marked == mark() else "no-store"
    headers = {"Cache-Control": kept, "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=KINDS[Path(name).suffix], headers=headers)
