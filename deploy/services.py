"""Every service of the system: the one place that names them to the runner."""

from services.care.service import SERVICE as CARE
from services.identity.service import SERVICE as IDENTITY
from services.intake.service import SERVICE as INTAKE
from services.matching.service import SERVICE as MATCHING
from services.reporting.service import SERVICE as REPORTING
from shared.service import Definition

SERVICES: tuple[Definition, ...] = (INTAKE, MATCHING, CARE, REPORTING, IDENTITY)
