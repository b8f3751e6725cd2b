"""What the pages have in common."""

from collections.abc import Iterable, Iterator

HEAD = "<!-- Made by `./jiujin reference`; a test fails when it is not current. -->\n"


def said(kind: type) -> str:
    """A class's docstring in one line."""
    return " ".join((kind.__doc__ or "").split())


def table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    """The lines of a table; none without rows."""
    body = [" | ".join(row).replace("\n", " ") for row in rows]
    if body:
        yield f"| {' | '.join(head)} |"
        yield "|" + " --- |" * len(head)
        yield from (f"| {row} |" for row in body)
        yield ""
