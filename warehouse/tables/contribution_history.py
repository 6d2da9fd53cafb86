"""The contributions of a month and of all months before it, as seen on a date."""

from warehouse.tables.contribution import Contribution


class ContributionHistory(Contribution):
    """Contributions of every month up to the version's, each in its newest version not after as_of_date."""
