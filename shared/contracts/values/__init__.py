"""The values that events and commands are made of."""

from shared.contracts.values.figures import Fen, Ids, Minutes
from shared.contracts.values.helping import DeclineReason, HelperKind, HelperProfile, Skill, Wish
from shared.contracts.values.people import CadreSide, Category, Details, Flag, Guarantor, Party, Sex, Standing
from shared.contracts.values.places import EARTH_CM, Point, Residence
from shared.contracts.values.planned import PlannedService, Risk
from shared.contracts.values.requests import (
    Caller,
    CallerKind,
    CancelReason,
    Channel,
    Elements,
    HoldReason,
    Level,
    RejectReason,
    ReopenReason,
    Stage,
    Urgency,
    WithdrawReason,
)
from shared.contracts.values.texts import Brief, Code, ControlCharacterError, Line, Note, Phone, Reason
from shared.contracts.values.times import Slot, SlotOrderError, Validity, ValidityOrderError, Weekly

__all__ = [
    "EARTH_CM",
    "Brief",
    "CadreSide",
    "Caller",
    "CallerKind",
    "CancelReason",
    "Category",
    "Channel",
    "Code",
    "ControlCharacterError",
    "DeclineReason",
    "Details",
    "Elements",
    "Fen",
    "Flag",
    "Guarantor",
    "HelperKind",
    "HelperProfile",
    "HoldReason",
    "Ids",
    "Level",
    "Line",
    "Minutes",
    "Note",
    "Party",
    "Phone",
    "PlannedService",
    "Point",
    "Reason",
    "RejectReason",
    "ReopenReason",
    "Residence",
    "Risk",
    "Sex",
    "Skill",
    "Slot",
    "SlotOrderError",
    "Stage",
    "Standing",
    "Urgency",
    "Validity",
    "ValidityOrderError",
    "Weekly",
    "Wish",
    "WithdrawReason",
]
