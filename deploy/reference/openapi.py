"""The OpenAPI documents of the services, as each serves its own."""

from typing import Any, cast

import orjson

from deploy.services import SERVICES
from shared.http.app import make_app
from shared.service import Definition, Running


class _Undone:
    """What an API is described without: nothing of it runs."""

    def __init__(self, definition: Definition) -> None:
        self.definition, self.name = definition, definition.name


def openapi() -> dict[str, str]:
    """Each service's document by its name."""
    return {service.name: _document(service) for service in SERVICES}


def _document(definition: Definition) -> str:
    app = make_app(cast("Running", _Undone(definition)))
    document: dict[str, Any] = app.openapi()
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"
