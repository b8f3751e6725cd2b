"""`./jiujin reference`: write the reference pages anew."""

from cli.app import CHECKOUT, app


@app.command(epilog="Example: ./jiujin reference")
def reference() -> None:
    """Write docs/reference from the contracts."""
    from deploy.reference import write

    changed = write(CHECKOUT / "docs" / "reference")
    print("\n".join(str(file.relative_to(CHECKOUT)) for file in changed) or "All pages are current.")
