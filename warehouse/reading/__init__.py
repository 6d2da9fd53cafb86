"""Reading an extract as text: every value as it was written, with the line it stood on."""

from warehouse.reading.extract import Reading, scan
from warehouse.reading.limits import Limits
from warehouse.reading.opened import Opened
from warehouse.reading.opening import opened

__all__ = ["Limits", "Opened", "Reading", "opened", "scan"]
