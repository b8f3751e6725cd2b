"""Style sheets and scripts, under addresses that change with their contents, so that browsers keep them.

Each service serves the shared ones, what npm has brought, and its own from `services/NAME/console/static`.
"""

import gzip
import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from shared.errors import UnknownError

FOLDER = Path(__file__).with_name("static")
SERVICES = Path(__file__).parents[2] / "services"
MODULES = Path(sys.prefix) / "node" / "node_modules"
"""Where `jiujin` has npm put what package-lock.json names: beside Python's packages."""
BROUGHT = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "echarts.js": "echarts/dist/echarts.esm.min.js",
}
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json"}
router = APIRouter()


class NoFileError(UnknownError):
    """There is no such file. Load the page again."""

    zh = "没有这个文件。请重新载入页面。"


class File(NamedTuple):
    """A file's bytes, as they are and as gzip packs them."""

    plain: bytes
    packed: bytes


@cache
def files(service: str) -> dict[str, File]:
    """What a service serves, by name."""
    own = SERVICES / service / "console" / "static"
    there = [*FOLDER.iterdir(), *(own.iterdir() if own.exists() else ())]
    found = {file.name: file for file in there if file.suffix in KINDS}
    found |= {name: MODULES / place for name, place in BROUGHT.items()}
    read = {name: file.read_bytes() for name, file in sorted(found.items())}
    return {name: File(plain, gzip.compress(plain, mtime=0)) for name, plain in read.items()}


@cache
def mark(service: str) -> str:
    """Changes when any file does: a script names its neighbours without knowing their contents."""
    told = hashlib.sha256()
    for name, file in files(service).items():
        told.update(f"{name} {len(file.plain)} ".encode() + file.plain)
    return told.hexdigest()[:12]


@router.get("/static/{marked}/{name}")
async def static(request: Request, marked: str, name: str) -> Response:
    """A file; kept by the browser unless it is asked for by a page of another version."""
    service = request.app.state.running.name
    file = files(service).get(name)
    if file is None:
        raise NoFileError
    kept = "public, max-age=31536000, immutable" if marked == mark(service) else "no-store"
    headers = {"Cache-Control": kept, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    body = file.plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"], body = "gzip", file.packed
    return Response(body, media_type=KINDS[Path(name).suffix], headers=headers)
