"""The contributions of all months, as seen on a date."""

from warehouse.tables.contribution import Contribution


class ContributionHistory(Contribution):
    """Contributions of every month known on as_of_date, later ones than the version's too, each in its newest version.

    Of payers who were settled before the month before the version's, one row of each account stands for all before it.
    """
