"""The page of the weights."""

from deploy.reference.words import HEAD, table
from services.matching.domain.weights import BUILT_IN, DEFAULT, Weights


def weights() -> str:
    """Each weight, what it is by default, its bounds and its reason."""
    described = Weights.model_json_schema()["properties"]
    rows = [
        [
            f"`{name}`",
            str(value),
            str(getattr(BUILT_IN["plain-1"], name)),
            f"{described[name]['minimum']} … {described[name]['maximum']}",
            described[name]["description"],
        ]
        for name, value in BUILT_IN[DEFAULT]
    ]
    lines = [
        "# Weights\n",
        "What each part of a score counts, until `./jiujin weights set` changes it. In points, unless",
        "the name says otherwise. A change is an event; a ranking names the version that it was made with.\n",
        *table(["weight", DEFAULT, "plain-1", "bounds", "why"], rows),
    ]
    return HEAD + "\n".join(lines)
