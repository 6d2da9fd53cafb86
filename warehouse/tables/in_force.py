"""Memberships that count: those in force on the reference day of a version."""

from warehouse.tables.membership import Membership


class InForce(Membership):
    """Memberships in force on the reference day: the earlier of as_of_date and the last day of the month."""
