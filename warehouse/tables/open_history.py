"""The contributions of those who left something open."""

from warehouse.tables.contribution import Contribution


class OpenHistory(Contribution):
    """Contributions of all months, of the payers of whom a row is unpaid or was paid after the version's due date.

    All others settled every bill in time: they are in arrears with nothing and owe no fine.
    """
