"""Every service of the system: the one place that names them to the runner."""

from importlib import import_module
from pathlib import Path

from shared.service import Definition

NAMES = ("intake", "matching", "care", "reporting", "identity")
ROOM = Path(__file__).parent.parent / "services"

SERVICES: tuple[Definition, ...] = tuple(
    import_module(f"services.{name}.service").SERVICE
    for name in NAMES
    if (ROOM / name / "service.py").exists()
)
