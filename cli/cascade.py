"""`jiujin cascade`: how helpers are asked, compared by a simulation."""

from dataclasses import asdict
from datetime import timedelta
from math import isinf
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.app import app
from cli.options import Json
from cli.screen import show_json, show_table

if TYPE_CHECKING:
    from services.matching.study import Compared

cascade = typer.Typer(
    help="How helpers are asked: waves, gaps, patience.",
    epilog="Example: ./jiujin cascade simulate",
    rich_markup_mode=None,
    no_args_is_help=True,
)
app.add_typer(cascade, name="cascade")

SHOWN = 6
COLUMNS = ("", "wave", "gap", "patience", "p50", "p90", "offers", "in time", "nobody", "in vain", "")


@cascade.callback()
def cascade_() -> None:
    """How helpers are asked: waves, gaps, patience."""


@cascade.command(epilog="Example: ./jiujin cascade simulate --accept 0.3 --slower 2 --seed 7")
def simulate(
    accept: Annotated[
        float, typer.Option("--accept", min=0.01, max=0.99, help="Share of those who answer that say yes.")
    ] = 0.4,
    slower: Annotated[
        float, typer.Option("--slower", min=0.01, max=100, help="They take so many times as long.")
    ] = 1.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same figures.")] = 1,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Every cascade compared, not only the best.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare cascades by urgency on simulated helpers, and show how the one in use does if they differ.

    Times are minutes in which people may be asked. docs/why/cascade.md says what is assumed of helpers.
    """
    from services.matching import study
    from shared.cascades import CASCADES
    from shared.contracts.values import Urgency

    told: dict[str, Any] = {}
    for urgency in (Urgency.RESCUE, Urgency.URGENT, Urgency.ROUTINE):
        answering = study.ANSWERING[urgency].with_accept(accept).slower(slower)
        used = CASCADES.of(urgency)
        found = study.compare(urgency, study.candidates(urgency), answering, seed)
        best = study.chosen(found)
        beside = study.compare(urgency, [used, study.BEFORE[urgency]], answering, seed)
        others = study.sensitivity(urgency, used, seed, answering)
        found.sort(key=lambda one: (not one.met, one.outcome.offers))
        if as_json:
            told[urgency] = {
                "chosen": best and _told(best),
                "in_use": _told(beside[0]),
                "without_waves": _told(beside[1]),
                "compared": [_told(one) for one in found],
                "sensitivity": {name: _told(one) for name, one in others.items()},
            }
            continue
        rows = [
            _row("chosen" if one is best else "", one)
            for one in found
            if everything or one is best or one in found[:SHOWN]
        ]
        rows += [_row("in use", beside[0]), _row("without waves", beside[1])]
        good = sum(one.met for one in found)
        show_table(COLUMNS, rows, title=f"{urgency}: {len(found)} compared, {good} good enough")
        print()
        show_table(
            COLUMNS, [_row(*one) for one in others.items()], title="The one in use, with other helpers"
        )
        print()
    if as_json:
        show_json(told)


def _row(name: str, one: "Compared") -> tuple[object, ...]:
    asked, told = one.cascade, one.outcome
    return (
        name,
        asked.wave,
        "–" if asked.wave == asked.at_once else _minutes(asked.gap),
        _minutes(asked.patience),
        f"{told.p50:.1f}",
        f"{told.p90:.1f}",
        f"{told.offers:.1f}",
        f"{told.in_time:.1%}",
        f"{told.nobody:.1%}",
        f"{told.in_vain:.2f}",
        "good enough" if one.met else "",
    )


def _minutes(length: timedelta) -> str:
    return f"{length / timedelta(minutes=1):g}"


def _told(one: "Compared") -> dict[str, Any]:
    """JSON has no infinity: a time that isn't reached is null."""
    outcome = {name: None if isinf(value) else value for name, value in asdict(one.outcome).items()}
    return {"cascade": one.cascade.model_dump(mode="json"), "outcome": outcome, "met": one.met}
