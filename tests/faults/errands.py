"""The commands that meet errors of the disk: a load of every format, with a settings file; publishing, rebuild and backup."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import polars as pl

from flows.keeping.restoring import restore
from tests.endtoend import assert_same
from tests.extracts import Row, two_months, write
from tests.faults.forks import Forks
from tests.faults.scenes import LOADED, NAME, Scene, deliveries, memberships, scene, wanted_of, whole
from tests.workbooks import xlsx
from warehouse.home import Home

NAMES = ("load", "publishing", "backup", "rebuild")
SETTINGS = "most_rejected = 0.2\n"
OF_FORMAT = {
    "kepesertaan_15_202503.csv": "parquet",
    "badan_usaha_15.csv": "xlsx",
    "target_15.csv": "zip",
}


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
    """Return the scenes of these names: what is published before a load is an older month, and publishing is behind by it."""
    begun = place / "begun"
    begun.mkdir(parents=True)
    (begun / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    load = ("run", "--plain", "--config", "{folder}/settings.toml", "--source")
    one_month = (*load, write(place / "month", {NAME: memberships()}))
    older = scene(forks, "older load", one_month, LOADED, begun, "home").after
    loaded = scene(forks, "load", (*load, every_format(place / "source")), LOADED, older, "home")
    return [_errand(forks, name, place, loaded) for name in names]


def _errand(forks: Forks, name: str, place: Path, loaded: Scene) -> Scene:
    if name == "publishing":
        behind = place / "behind"
        shutil.copytree(loaded.before, behind, symlinks=True)
        shutil.copyfile(loaded.after / "home" / "warehouse.duckdb", behind / "home" / "warehouse.duckdb")
        return scene(forks, name, ("publish",), 0, behind, "home")
    if name == "backup":
        words = ("backup", "--to", "{folder}/backups")
        return Backup(**vars(scene(forks, name, words, 0, loaded.after, "home")))
    if name == "rebuild":
        words = ("rebuild", "--config", "{folder}/settings.toml", "--into", "{folder}/again")
        return scene(forks, name, words, 0, loaded.after, "home", "again")
    return loaded


def every_format(folder: Path) -> Path:
    """Return a folder with extracts as Parquet, workbook and zip: a process of their own reads them."""
    write(folder, {name: rows for name, rows in two_months().items() if name in OF_FORMAT})
    for name, format in OF_FORMAT.items():
        plain = folder / name
        written = _as(format, plain, two_months()[name])
        plain.with_suffix(f".{format}").write_bytes(written)
        plain.unlink()
    return folder


def _as(format: str, plain: Path, rows: Sequence[Row]) -> bytes:
    target = BytesIO()
    if format == "xlsx":
        return xlsx([list(rows[0]), *(list(row.values()) for row in rows)])
    if format == "parquet":
        pl.DataFrame(rows).write_parquet(target)
    else:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.write(plain, plain.name)
    return target.getvalue()
