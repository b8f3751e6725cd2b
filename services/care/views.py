"""The read models of care."""

from pathlib import Path

from services.care.views_cases import CASES, VISITS
from services.care.views_copies import COPIES
from services.care.views_directory import DIRECTORY
from services.care.views_funding import FUNDINGS
from services.care.views_plans import BUDGETS, PLANS
from services.care.views_register import HANDLERS as REGISTER
from shared.eventstore.views import View, tables_of

_TABLES = tables_of(Path(__file__).with_name("views.sql"))

VIEWS = (
    View("register", _TABLES["register"], REGISTER, revision=3),
    View("copies", _TABLES["copies"], COPIES),
    View("cases", _TABLES["cases"], CASES),
    View("visits", _TABLES["visits"], VISITS),
    View("plans", _TABLES["plans"], PLANS),
    View("fundings", _TABLES["fundings"], FUNDINGS),
    View("budgets", _TABLES["budgets"], BUDGETS),
    View("directory", _TABLES["directory"], DIRECTORY),
)
