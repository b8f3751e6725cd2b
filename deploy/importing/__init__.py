"""A bureau's spreadsheets into a running system, over its public API."""

from deploy.importing.files import import_files
from deploy.importing.sending import Outcome, import_file

__all__ = ["Outcome", "import_file", "import_files"]
