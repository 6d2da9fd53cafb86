"""Memberships of a small made-up country: four provinces, ten regencies, every case the contracts speak of."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

Row = dict[str, str]
JANUARY, FEBRUARY, MARCH = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
MONTHS = (JANUARY, FEBRUARY, MARCH)
SNAPSHOTS = (
    (JANUARY, date(2025, 1, 31)),
    (FEBRUARY, date(2025, 2, 28)),
    (FEBRUARY, date(2025, 3, 20)),
    (MARCH, date(2025, 3, 16)),
    (MARCH, date(2025, 4, 30)),
)
REGENCIES = ("15.03", "15.06", "15.07", "15.71", "34.01", "34.71", "93.01", "93.04", "32.04", "32.73")
JAMBI = "15"
PAYERS = ("SELF", "APBD_REGENCY", "APBD_PROVINCE", "CSR", "VILLAGE_FUND")
PAID = ("2024-08", "2024-09", "2024-10", "2024-11", "2024-12", "2025-01", "2025-03", "2025-12", "")
ENDS = ("", "2025-01-20", "2025-02-15", "2025-02-28", "2025-03-16", "2025-03-20", "2025-03-31", "2025-12-31")
SEPARATORS = (",", "+", "/", " ")


@dataclass(frozen=True)
class Membership:
    """A membership through the three months; `homes` and `present` have a place for each of them."""

    nik: str
    kpj: str
    npp: str
    segment: str
    programmes: tuple[str, ...]
    homes: tuple[str, str, str]
    work: str
    birth: str
    sex: str
    wage: int
    start: date
    end: str
    paid_through: str
    payer: str
    vulnerable: str
    contract: str
    sector: str
    present: tuple[bool, bool, bool]
    name: str


def employers_of(regency: str) -> list[str]:
    """Return the numbers of the registered employers of `regency`."""
    return [f"{regency.replace('.', '')}{number:04d}" for number in range(1, 7)]


@cache
def memberships() -> tuple[Membership, ...]:
    """Return every membership, the same ones at every call."""
    dice = random.Random(20250316)
    found: list[Membership] = []
    for regency in REGENCIES:
        for _ in range(46 if regency.startswith(JAMBI) else 36):
            person = _membership(dice, regency, len(found), _nik(dice, len(found)))
            found.append(person)
            if dice.random() < 0.18:
                found.append(_second(dice, person, len(found)))
    return tuple(found)


def rows(month: date, as_of: date) -> list[tuple[str, Row]]:
    """Return (province of residence, row of kepesertaan) of each membership listed for `month` on `as_of`."""
    place = MONTHS.index(month)
    listed = [one for one in memberships() if one.present[place] and one.start <= as_of]
    return [(one.homes[place][:2], _row(one, month, as_of, number)) for number, one in enumerate(listed)]


def written(regency: str, number: int) -> str:
    """Return `regency` as one of the ways that files write it; `number` chooses the way."""
    names = {
        "15.03": "KAB. SAROLANGUN",
        "15.71": "KOTA JAMBI",
        "32.04": "Kabupaten Bandung",
        "32.73": "Kota Bandung",
        "34.71": "KOTA YOGYAKARTA",
    }
    old = {"93.01": "91.01", "93.04": "91.18"}
    if number % 11 == 3:
        return names.get(regency, regency)
    if number % 7 == 2:
        return old.get(regency, regency.replace(".", ""))
    return regency


def _nik(dice: random.Random, number: int) -> str:
    day = dice.randint(1, 28) + (40 if number % 2 else 0)
    first = dice.choice(("1503", "1571", "3273", "3471", "9101", "3578", "1101"))
    return f"{first}{dice.randint(1, 20):02d}{day:02d}{dice.randint(1, 12):02d}{dice.randint(60, 99)}{number + 1:04d}"


def _membership(dice: random.Random, regency: str, number: int, nik: str) -> Membership:
    segment = dice.choices(("PU", "BPU", "JAKON", "PMI"), (50, 34, 10, 6))[0]
    work = dice.choice(REGENCIES) if dice.random() < 0.2 else regency
    moved = dice.choice(REGENCIES)
    homes = dice.choices(((regency,) * 3, (regency, moved, moved), (regency, regency, moved)), (88, 6, 6))[0]
    present = dice.choices(
        (
            (True,) * 3,
            (True, False, False),
            (True, True, False),
            (False, True, True),
            (False, False, True),
            (True, False, True),
        ),
        (66, 7, 7, 7, 6, 7),
    )[0]
    extra = tuple(code for code in ("JHT", "JP", "JKP") if segment == "PU" and dice.random() < 0.6)
    birth = date(1900 + int(nik[10:12]), int(nik[8:10]), int(nik[6:8]) % 40)
    return Membership(
        nik=nik,
        kpj=f"{number * 7919 + 1234567890:011d}",
        npp=dice.choice(employers_of(work)) if segment in ("PU", "JAKON") else "",
        segment=segment,
        programmes=("JKK", "JKM", *extra),
        homes=homes,
        work="" if segment == "PMI" or (segment == "BPU" and dice.random() < 0.3) else work,
        birth="" if dice.random() < 0.1 else birth.isoformat(),
        sex="" if dice.random() < 0.1 else "P" if number % 2 else "L",
        wage=dice.choice((0, 1_000_000)) if segment == "BPU" else dice.randrange(1_900_000, 9_000_000, 50_000),
        start=dice.choice((date(2019, 5, 1), date(2024, 7, 9), date(2025, 1, 1), date(2025, 3, 18), date(2025, 4, 10)))
        if dice.random() < 0.3
        else date(2022, 2, 2),
        end="" if segment in ("PU", "BPU") and dice.random() < 0.9 else dice.choice(ENDS),
        paid_through=dice.choice(PAID) if segment == "BPU" else "",
        payer=dice.choice(PAYERS) if segment == "BPU" else "SELF" if segment == "PMI" else "EMPLOYER",
        vulnerable="Y" if segment == "BPU" and dice.random() < 0.5 else "T",
        contract=str(dice.randrange(50_000_000, 900_000_000, 1_000_000))
        if segment == "JAKON" and dice.random() < 0.7
        else "",
        sector="TRANSPORTASI" if segment == "BPU" and dice.random() < 0.2 else "",
        present=present,
        name="" if number % 9 == 0 else f"Peserta é {number}",
    )


def _second(dice: random.Random, first: Membership, number: int) -> Membership:
    regency = dice.choice((first.homes[0], dice.choice(REGENCIES)))
    other = _membership(dice, regency, number, first.nik)
    return replace(
        other,
        homes=first.homes if dice.random() < 0.7 else other.homes,
        birth=first.birth,
        sex=first.sex,
        name=first.name,
    )


def _row(one: Membership, month: date, as_of: date, number: int) -> Row:
    home = one.homes[MONTHS.index(month)]
    end = "" if one.end and one.end < one.start.isoformat() else one.end
    kpj = (one.kpj, one.kpj, f"{one.kpj}.0", f"'{one.kpj}", f" {one.kpj[:5]} {one.kpj[5:]}")[number % 5]
    return {
        "blth": f"{month:%Y-%m}", "tgl_data": as_of.isoformat(), "nik": one.nik, "kpj": kpj, "npp": one.npp, "segmen": one.segment,
        "sub_sektor": one.sector, "program": SEPARATORS[number % 4].join(one.programmes), "kode_kab_domisili": written(home, number),
        "kode_kab_kerja": written(one.work, number + 1) if one.work else "", "tgl_lahir": one.birth, "jk": one.sex, "upah": str(one.wage),
        "tgl_mulai": one.start.isoformat(), "tgl_akhir": end, "lunas_sd": one.paid_through, "sumber_dana": one.payer, "rentan": one.vulnerable,
        "nilai_kontrak": one.contract, "nama": one.name,
    }  # fmt: skip
