"""Reading what a bureau has in spreadsheets: rows to checked records, and the templates to fill in.

`check_file(path, known=…, today=…)` gives records that are fit to be sent, those that are held already, and
every problem with its reason in both languages. Nothing here talks to a service: whoever sends the records
builds `Known` from what the services hold.
"""

from shared.tables.availability import Slot
from shared.tables.check import Checked, Known, Problem, check_bytes, check_file
from shared.tables.columns import Kind
from shared.tables.explained import CellError, ExplainedError, SheetError
from shared.tables.hardship import Assessed
from shared.tables.records import BudgetRecord, CadreRecord, CommunityRecord, Record, VolunteerRecord
from shared.tables.template import template

__all__ = [
    "Assessed",
    "BudgetRecord",
    "CadreRecord",
    "CellError",
    "Checked",
    "CommunityRecord",
    "ExplainedError",
    "Kind",
    "Known",
    "Problem",
    "Record",
    "SheetError",
    "Slot",
    "VolunteerRecord",
    "check_bytes",
    "check_file",
    "template",
]
