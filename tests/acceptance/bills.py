"""Bills and payments: what each payer owed for three months and a longer past, and what it paid, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.acceptance.people import FEBRUARY, JANUARY, MARCH, MONTHS, REGENCIES, Row, employers_of, memberships, written

DUE = {JANUARY: date(2025, 2, 17), FEBRUARY: date(2025, 3, 17), MARCH: date(2025, 4, 15)}
SEEN_ON = (date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 16), date(2025, 4, 30))
PATTERNS = ("prompt", "edge", "late", "half", "two", "surplus", "catchup", "undated", "never", "prompt")
UNPAID_SINCE = ("2024-12", "2024-09", "2024-05")
Payment = tuple[str, int]


@dataclass(frozen=True)
class Account:
    """What one payer owes each month for one programme from one purse."""

    payer: str
    is_employer: bool
    segment: str
    programme: str
    purse: str
    regency: str
    workers: int
    amount: int
    pattern: str
    unpaid_since: str = ""


def rows(as_of: date) -> list[Row]:
    """Return iuran as seen on `as_of`: every month begun by then (and old debts), each bill with the payments known by then."""
    found: list[Row] = []
    for number, account in enumerate(accounts()):
        for month in (month for month in MONTHS if month <= as_of):
            known = [
                one for one in _payments(account, month) if (one[0] or DUE[month].isoformat()) <= as_of.isoformat()
            ]
            found += _bill(account, f"{month:%Y-%m}", as_of, known, number)
        if as_of == SEEN_ON[0] and account.unpaid_since:
            past = [month for month in UNPAID_SINCE if month >= account.unpaid_since]
            found += [row for month in past for row in _bill(account, month, as_of, [], number)]
    return found


def accounts() -> list[Account]:
    """Return every account: employers by programme, own-account workers, and regencies that pay for vulnerable workers."""
    found: list[Account] = []
    for regency in REGENCIES:
        for number, npp in enumerate(employers_of(regency)):
            pattern = PATTERNS[(number * 3 + len(found)) % len(PATTERNS)]
            since = UNPAID_SINCE[(number + len(found)) % 3] if pattern == "never" else ""
            for place, programme in enumerate(("JKK", "JKM", "JHT")[: 2 + number % 2]):
                workers = 3 + number
                found.append(
                    Account(
                        npp,
                        True,
                        "PU",
                        programme,
                        "EMPLOYER",
                        regency,
                        workers,
                        workers * 11_001 * (place + 1),
                        pattern,
                        since,
                    )
                )
        for number, purse in enumerate(("APBD_REGENCY", "APBD_PROVINCE", "CSR")):
            payer = f"PB{regency.replace('.', '')}{number}"
            found += [Account(payer, True, "BPU", "JKK", purse, regency, 12, 120_000, PATTERNS[number], ""),
                      Account(payer, True, "BPU", "JKM", purse, regency, 12, 81_600, PATTERNS[number], "")]  # fmt: skip
    own = [one for one in memberships() if one.segment == "BPU" and one.payer == "SELF"][:30]
    for number, one in enumerate(own):
        found.append(
            Account(one.kpj, False, "BPU", "JKK", "SELF", one.homes[0], 1, 10_000, PATTERNS[number % len(PATTERNS)])
        )
    return found


def _payments(account: Account, month: date) -> list[Payment]:
    due, whole = DUE[month], account.amount
    half, early, late = whole // 2, due.replace(day=9).isoformat(), due.replace(day=due.day + 3).isoformat()
    uneven = {JANUARY: whole + half, FEBRUARY: whole - half, MARCH: whole}
    behind = {JANUARY: 0, FEBRUARY: 2 * whole, MARCH: whole}
    made: dict[str, list[Payment]] = {
        "prompt": [(early, whole)], "edge": [(due.isoformat(), whole)], "late": [(late, whole)], "half": [(early, half)],
        "two": [(early, half), (late, whole - half)], "surplus": [(early, uneven[month])], "catchup": [(early, behind[month])],
        "undated": [("", whole)], "never": [],
    }  # fmt: skip
    return [one for one in made[account.pattern] if one[1]]


def _bill(account: Account, month: str, as_of: date, known: list[Payment], number: int) -> list[Row]:
    listed: list[Payment] = known or [("", 0)]
    return [
        {
            "blth": month, "tgl_data": as_of.isoformat(), "npp": account.payer if account.is_employer else "",
            "kpj": "" if account.is_employer else account.payer, "segmen": account.segment, "program": account.programme,
            "sumber_dana": account.purse, "kode_kab": written(account.regency, number), "jumlah_tk": str(account.workers if first else 0),
            "tagihan": str(account.amount if first else 0), "dibayar": str(amount), "tgl_bayar": paid_on,
            "no_bukti": f"B{number}-{month}-{place}" if amount and number % 5 else "",
        }
        for place, (paid_on, amount) in enumerate(listed) for first in (place == 0,)
    ]  # fmt: skip
