"""What every engine is told of the month: its days, the regions, and the names that several regions share."""

from __future__ import annotations

from datetime import date

from bench.world import MONTH, SEEN
from warehouse.calendar import due_date, last_day, shift
from warehouse.synthetic.lives import grace
from warehouse.synthetic.places import regencies, shared_names

KEY = 0x5DEECE66D1234567
DAYS: dict[str, date] = {
    "month": MONTH,
    "as_of": SEEN,
    "reference": min(SEEN, last_day(MONTH)),
    "oldest_paid": shift(MONTH, -grace(MONTH)),
    "due": due_date(MONTH),
}
REGENCIES = [place.code for place in regencies()]
SHARED_NAMES = list(shared_names())
