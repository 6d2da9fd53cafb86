"""The commands that meet errors of the disk: a load of packed Parquet and a workbook, with settings; publishing, rebuild, backup."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import polars as pl

from flows.keeping.restoring import restore
from tests.endtoend import assert_same
from tests.extracts import memberships as of_month
from tests.extracts import two_months, write
from tests.faults.forks import Forks
from tests.faults.scenes import LOADED, NAME, Scene, deliveries, memberships, scene, wanted_of, whole
from tests.workbooks import xlsx
from warehouse.home import Home

NAMES = ("load", "publishing", "backup", "rebuild")
SETTINGS = "most_rejected = 0.2\n"


class Backup(Scene):
    """A backup: what it copied is restored, and is what the home holds."""

    def require_recovery(self, forks: Forks, home: Path) -> None:
        """Check the home, and the newest backup of it."""
        super().require_recovery(forks, home)
        restored = Home(home / "restored")
        assert restore(home / "backups", restored)["whole"]
        for found, rows in zip(whole(restored), wanted_of(self.after / self.inside), strict=True):
            assert_same(found, rows)
        assert deliveries(restored.root) == deliveries(self.after / self.inside)
        shutil.rmtree(restored.root)


def errands(forks: Forks, place: Path, names: Sequence[str] = NAMES) -> list[Scene]:
    """Return the scenes of these names: a load finds a part of the month published, and publishing is behind by that load."""
    begun = place / "begun"
    begun.mkdir(parents=True)
    (begun / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    load = ("run", "--plain", "--config", "{folder}/settings.toml", "--source")
    one_month = (*load, write(place / "month", {NAME: memberships()}))
    older = scene(forks, "older load", one_month, LOADED, begun, "home").after
    loaded = scene(forks, "load", (*load, second_part(place / "source")), 0, older, "home")
    return [_errand(forks, name, place, loaded) for name in names]


def _errand(forks: Forks, name: str, place: Path, loaded: Scene) -> Scene:
    if name == "publishing":
        behind = place / "behind"
        shutil.copytree(loaded.before, behind, symlinks=True)
        shutil.copyfile(loaded.after / "home" / "warehouse.duckdb", behind / "home" / "warehouse.duckdb")
        return scene(forks, name, ("publish",), 0, behind, "home")
    if name == "backup":
        into = ("backup", "--to", "{folder}/backups")
        return Backup(**vars(scene(forks, name, into, 0, loaded.after, "home")))
    if name == "rebuild":
        words = ("rebuild", "--config", "{folder}/settings.toml", "--into", "{folder}/again")
        return scene(forks, name, words, 0, loaded.after, "home", "again")
    return loaded


def second_part(folder: Path) -> Path:
    """Return a folder with more of the month, as Parquet in a zip archive, and targets as a workbook: the sandbox reads both."""
    folder.mkdir()
    months, rows = BytesIO(), two_months()["target_15.csv"]
    more = of_month("2025-02", "2025-02-28", "| orang | kode_kab_domisili |\n| 50-60 | 15.04 |")
    pl.DataFrame(more).write_parquet(months)
    with zipfile.ZipFile(folder / "kepesertaan_15_202502_b.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("kepesertaan.parquet", months.getvalue())
    (folder / "target_15.xlsx").write_bytes(xlsx([list(rows[0]), *(list(row.values()) for row in rows)]))
    return folder
