"""The page of topics: which events are in each, and which services act on them."""

from deploy.reference.asyncapi import sent, wanted
from deploy.reference.words import HEAD, table
from deploy.services import SERVICES
from shared.bus.kafka.topics import CONFIG, PARTITIONS, Cluster


def topics() -> str:
    """The page, a table a topic."""
    shape = ", ".join(f"`{name}={value}`" for name, value in CONFIG.items())
    lines = [
        "# Topics\n",
        f"One a service, of {PARTITIONS} partitions, {shape}. `jiujin` is `JIUJIN_KAFKA_PREFIX`;",
        "a service's consumer group is `jiujin.SERVICE`. A service reads the topics of those that it",
        "follows, and passes over what it has no use for; its own events it takes from its own table. Named",
        "are those that react to an event or have it in a view; reporting keeps and shows every event.",
        "Fields and headers: [asyncapi.json](asyncapi.json); in words: [events](events.md).\n",
    ]
    for service in SERVICES:
        lines.append(f"## {Cluster('').topic(service.name)}\n")
        rows = (
            [
                f"`{kind.NAME}`",
                str(kind.VERSION),
                ", ".join(one.name for one in SERVICES if kind in wanted(one)),
            ]
            for kind in sent(service.name)
        )
        lines.extend(table(["event", "version", "who acts on it"], rows))
    return HEAD + "\n".join(lines)
