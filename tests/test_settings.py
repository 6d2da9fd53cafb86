"""Settings: what may be declared, and what a mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.keys.places import TOKENS, pseudonyms
from flows.settings import Settings, load
from warehouse.errors import Stop
from warehouse.home import Home


def settings(folder: Path, text: str) -> Settings:
    """Return the settings that `text` declares."""
    path = folder / "cakupan.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_without_a_file_the_kind_is_the_start_of_the_name() -> None:
    found = load(None)
    assert found.kind_of("2025/kepesertaan_1503_202503.csv") == "kepesertaan"
    assert found.kind_of("badan_usaha.xlsx") == "badan_usaha"
    assert found.kind_of("catatan.txt") is None


def test_the_first_source_that_covers_a_file_says_its_kind_and_how_it_is_written(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        """
        [dialect]
        decimal = ","
        [sources.jambi]
        glob = "jambi/*.csv"
        kind = "kepesertaan"
        separator = ";"
        code_system = "bps"
        date_formats = ["dd-mm-yyyy"]
        """,
    )
    assert found.kind_of("jambi/tk.csv") == "kepesertaan"
    dialect = found.dialect_of("jambi/tk.csv")
    assert (dialect.separator, dialect.code_system, dialect.date_formats) == (";", "bps", ("%d-%m-%Y",))
    assert found.dialect_of("iuran.csv").decimal == ","


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[dialect]\nseperator = ';'", "did you mean separator?"),
        ("[dialect]\ncode_system = 'bpjs'", "dialect.code_system"),
        ("[dialect]\ndecimal = ','\nthousands = ','", "same mark"),
        ("[dialect]\nencoding = 'utf-99'", "utf-99"),
        ("most_rejected = 5", "most_rejected"),
        ("[dialect", "cakupan.toml"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Stop) as refused:
        settings(tmp_path, text)
    assert told in refused.value.en


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="settings_missing"):
        load(tmp_path / "none.toml")


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (TOKENS.variable, TOKENS.file_variable):
        monkeypatch.delenv(name, raising=False)
    first, where = pseudonyms(Home(tmp_path))
    again, _ = pseudonyms(Home(tmp_path))
    assert first.fingerprint() == again.fingerprint()
    assert Path(where).stat().st_mode & 0o777 == 0o600
    Path(where).chmod(0o640)
    with pytest.raises(Stop, match="key_open_to_others"):
        pseudonyms(Home(tmp_path))


def test_the_environment_brings_the_key_and_a_malformed_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKENS.variable, "ab" * 32)
    keys, where = pseudonyms(Home(tmp_path))
    assert (keys.secret, where) == (b"\xab" * 32, "$CAKUPAN_KEY")
    monkeypatch.setenv(TOKENS.variable, "short")
    with pytest.raises(Stop) as refused:
        pseudonyms(Home(tmp_path))
    assert "short" not in str(refused.value)


def test_a_key_file_that_is_named_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKENS.variable, raising=False)
    monkeypatch.setenv(TOKENS.file_variable, str(tmp_path / "absent.key"))
    with pytest.raises(Stop, match="key_missing"):
        pseudonyms(Home(tmp_path))
