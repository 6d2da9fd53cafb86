"""Random families of linked tables: regions of three levels, segments and scopes, programmes, movement, revisions."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from transforms.disclosure import Family

SEGMENTS = ("PU", "BPU", "JAKON", "PMI")
MEASURES = ("previous", "joined", "left", "active", "JKK", "JHT")
FUNDING = ("SELF", "APBD")


class World:
    """Counts per regency and segment, skewed as populations are; totals are added up or, for persons, counted once."""

    def __init__(self, seed: int) -> None:
        self.draw = np.random.default_rng(seed)
        provinces = {str(p): int(self.draw.integers(4, 9)) for p in range(11, 11 + self.draw.integers(2, 4))}
        self.parts = {p: [f"{p}.{r:02d}" for r in range(1, count + 1)] for p, count in provinces.items()}
        self.parts["00"] = [*provinces]
        self.cells: dict[tuple[str, ...], int] = {}
        leaves = [r for p in provinces for r in self.parts[p]]
        self.base = {
            (region, segment): float(self.draw.lognormal(size, 1.5)) * (self.draw.random() > 0.1)
            for region in leaves
            for segment, size in zip(SEGMENTS, (10, 9, 7, 5.5), strict=True)
        }

    def revision(self) -> Family:
        """Return the next version of the month: every count a little different, the cells and identities the same."""
        self.cells = {}
        self.rows: list[tuple[dict[tuple[str, ...], int], bool]] = []
        for (region, segment), size in self.base.items():
            self._leaf(region, segment, int(self.draw.poisson(size)))
        for whole in ("00", *[p for p in self.parts if p != "00"])[::-1]:
            for segment in SEGMENTS:
                for measure in MEASURES[:4]:
                    self._total([(part, segment, measure) for part in self.parts[whole]], (whole, segment, measure))
                for measure in MEASURES[4:]:
                    self._distinct([(part, segment, measure) for part in self.parts[whole]], (whole, segment, measure))
        for region in dict.fromkeys(key[0] for key in [*self.cells]):
            for measure in ("active", "JKK", "JHT"):
                self._distinct([(region, s, measure) for s in SEGMENTS[:3]], (region, "UCJ", measure))
                self._distinct([(region, s, measure) for s in ("UCJ", "PMI")], (region, "ALL", measure))
        return self._family()

    def _leaf(self, region: str, segment: str, previous: int) -> None:
        joined, left = (int(self.draw.binomial(previous, share)) for share in (0.05, 0.03))
        active = previous + joined - left
        counts = (previous, joined, left, active, active, int(self.draw.binomial(active, 0.4)))
        for measure, count in zip(MEASURES, counts, strict=True):
            self.cells[region, segment, measure] = count
        key = {measure: (region, segment, measure) for measure in MEASURES}
        self.rows.append(({key["previous"]: 1, key["joined"]: 1, key["left"]: -1, key["active"]: -1}, True))
        self.rows.append(({key["previous"]: 1, key["left"]: -1}, False))
        self.rows += [({key["active"]: 1, key[programme]: -1}, False) for programme in MEASURES[4:]]
        self._funded(key["JHT"])

    def _funded(self, holders: tuple[str, ...]) -> None:
        """Add who pays for those who hold a programme: flat premiums, so that money is a number of persons."""
        paid = int(self.draw.binomial(self.cells[holders], 0.02))
        for source, count in zip(FUNDING, (self.cells[holders] - paid, paid), strict=True):
            self.cells[*holders, source] = count
        self.rows.append(({holders: 1} | {(*holders, source): -1 for source in FUNDING}, True))

    def _total(self, parts: list[tuple[str, ...]], whole: tuple[str, ...]) -> None:
        self.cells[whole] = sum(self.cells[part] for part in parts)
        self.rows.append((dict.fromkeys(parts, 1) | {whole: -1}, True))

    def _distinct(self, parts: list[tuple[str, ...]], whole: tuple[str, ...]) -> None:
        counts = [self.cells[part] for part in parts]
        self.cells[whole] = sum(counts) - int(self.draw.binomial(sum(counts) - max(counts), 0.1))
        self.rows.append((dict.fromkeys(parts, 1) | {whole: -1}, True))
        self.rows += [({whole: 1, part: -1}, False) for part in parts]

    def _family(self) -> Family:
        place = {key: at for at, key in enumerate(self.cells)}
        entries = [
            (row, place[key], factor) for row, (factors, _) in enumerate(self.rows) for key, factor in factors.items()
        ]
        rows, columns, factors = zip(*entries, strict=True)
        identities = csr_matrix((factors, (rows, columns)), shape=(len(self.rows), len(place)))
        return Family.of(np.array([*self.cells.values()]), identities, np.array([exact for _, exact in self.rows]))
