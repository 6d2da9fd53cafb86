"""Where protection for a cell is looked for: among its neighbours first, since a nation at once is too much to ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from transforms.disclosure import Cells, Mask
from transforms.disclosure_cells import LINE, Month, blocks

STAGES = ((3, False, False), (3, True, False), (6, True, False), (12, True, True))
"""How many regions are taken beside, whether everything counted of them, and whether the regions above too; then all of them."""
FLOWS = {"joined_workers", "returned_workers", "left_workers", "moved_in_workers", "moved_out_workers"}


class Neighbours:
    """The cells near a cell: of a few regions that could have given it their persons, or taken its own."""

    def __init__(self, month: Month, width: int) -> None:
        cells, self.parents, self.width = month.cells, month.parents, width
        self.values, self.open, self.standing = month.family.values, month.family.open, month.standing
        self.region = cells["region_code"].to_list()
        self.line = cells.select(LINE).hash_rows(0).to_list()
        self.block = blocks(month.family).tolist()
        self.measure = [programme or ("flow" if column in FLOWS else column)
                        for programme, column in zip(cells["programme"].to_list(), cells["column_name"].to_list(), strict=True)]  # fmt: skip
        self.of_region: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.of_line: dict[tuple[int, str], list[int]] = defaultdict(list)
        for cell in np.flatnonzero(self.open).tolist():
            self.of_region[self.block[cell], self.region[cell]].append(cell)
            self.of_line[self.line[cell], self.parents.get(self.region[cell], "")].append(cell)

    def __call__(self, cell: int, stage: int) -> Cells | None:
        """Return the cells of a stage, in order; None after the last."""
        if stage == len(STAGES):
            return np.array(
                [other for (block, _), found in self.of_region.items() if block == self.block[cell] for other in found]
            )
        if stage > len(STAGES):
            return None
        beside, everything, above = STAGES[stage]
        regions = self._regions(cell, beside, above)
        found = [other for region in regions for other in self.of_region[self.block[cell], region]]
        if not everything:
            found = [other for other in found if self.measure[other] == self.measure[cell]]
        return np.unique(np.array([*found, cell]))

    def _regions(self, cell: int, beside: int, above: bool) -> set[str]:
        mine = self.region[cell]
        regions = {mine, *self._beside(cell, mine, beside)}
        regions |= self._below(cell, regions, 2)
        if above and (whole := self.parents.get(mine)):
            regions.add(whole)
            cousins = self._beside(cell, whole, 3)
            regions |= {*cousins, *self._below(cell, cousins, 2)}
            regions |= {self.parents[whole]} if whole in self.parents else set()
        return regions

    def _beside(self, cell: int, region: str, count: int) -> set[str]:
        """Return regions of the same whole that could give `width` persons of this line, the smallest first."""
        others = self.of_line[self.line[cell], self.parents.get(region, "")]
        return self._chosen((other for other in others if self.region[other] != region), count)

    def _below(self, cell: int, wholes: Iterable[str], count: int) -> set[str]:
        """Return some parts of each whole, since what changes in a whole changes in a part."""
        return {
            part for whole in wholes for part in self._chosen(self.of_line.get((self.line[cell], whole), []), count)
        }

    def _chosen(self, cells: Iterable[int], count: int) -> set[str]:
        """Return the regions of those that are able by themselves, the smallest first; where they are few, of the largest others too."""
        found = [(int(self.values[one]), one) for one in cells]
        able = sorted((-int(self.standing[one]), value, one) for value, one in found if value >= self.width)
        others = sorted(((-value, one) for value, one in found if value < self.width))
        chosen = [one for *_, one in able[:count]]
        return {self.region[one] for one in [*chosen, *(one for _, one in others[: count - len(chosen)])]}


def together(month: Month) -> tuple[Cells, Mask]:
    """Return a number for every cell that is the same for the same cell of other versions, and which may follow it."""
    named = month.cells.select(
        "object", "column_name", "region_code", "month", "basis", "segment", "programme", "funding_source"
    )
    return named.select(twin=named.hash_rows(0).rank("dense").cast(int) - 1)["twin"].to_numpy(), month.family.open
