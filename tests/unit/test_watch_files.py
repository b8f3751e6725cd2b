"""The dashboard and the alerts ask for what is told, in a language that is understood."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import prometheus_client
import promql_parser
import pytest
import yaml

from shared.observe import metrics

ROOT = Path(__file__).parents[2]
WATCH = ROOT / "deploy" / "watch"
SELF_MADE = {"up"}
"""What Prometheus adds."""


def told() -> set[str]:
    """Every figure that a process tells, by the names that Prometheus has them under."""
    names = set()
    for one in vars(metrics).values():
        for metric in one.values() if isinstance(one, dict) else [one]:
            if isinstance(metric, prometheus_client.Counter):
                names.add(f"{metric._name}_total")  # noqa: SLF001  the library tells it nowhere else
            elif isinstance(metric, prometheus_client.Histogram):
                names |= {f"{metric._name}_{part}" for part in ("bucket", "count", "sum")}  # noqa: SLF001  the same
            elif isinstance(metric, prometheus_client.Gauge):
                names.add(metric._name)  # noqa: SLF001  the same
    return names


def rules() -> list[Any]:
    """The alerts."""
    found = yaml.safe_load((WATCH / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in found["groups"] for rule in group["rules"]]


def expressions() -> Iterator[tuple[str, str]]:
    """Each expression, and where it stands."""
    for rule in rules():
        yield rule["alert"], rule["expr"]
    board = json.loads((WATCH / "grafana.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


@pytest.mark.parametrize(("where", "text"), list(expressions()))
def test_an_expression_is_promql_about_figures_that_there_are(where: str, text: str) -> None:
    """It parses, and each name in it is told by a process."""
    assert promql_parser.parse(text), where
    names = set(re.findall(r"\b(?:jiujin_\w+|up)\b", text))
    assert names
    assert names <= told() | SELF_MADE


def test_every_alert_says_what_to_do() -> None:
    """For how long, how bad, in a sentence, and a section of the page, which has no others."""
    page = (ROOT / "docs" / "how-to" / "alerts.md").read_text(encoding="utf-8")
    assert [rule["alert"] for rule in rules()] == re.findall(r"^## (\w+)$", page, re.MULTILINE)
    for rule in rules():
        assert re.fullmatch(r"\d+m", rule["for"])
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["annotations"]["runbook"] == f"docs/how-to/alerts.md#{rule['alert'].lower()}"


def test_no_figure_is_told_that_nobody_looks_at() -> None:
    """Each is in the dashboard or in an alert."""
    asked = " ".join(text for _, text in expressions())
    unseen = {name for name in told() if name not in asked}
    assert {name.removesuffix("_sum") for name in unseen} <= {"jiujin_http_seconds"}


def test_prometheus_reads_these_rules_of_all_processes() -> None:
    """The beginning of a configuration names the rules, and every kind of process."""
    found = yaml.safe_load((WATCH / "prometheus.yml").read_text(encoding="utf-8"))
    assert found["rule_files"] == ["alerts.yml"]
    (job,) = found["scrape_configs"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    ours = set(compose["services"]) - {"postgres", "kafka", "front"}
    assert set(job["dns_sd_configs"][0]["names"]) == ours
