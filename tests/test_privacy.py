"""After a load no NIK, no KPJ and no name is anywhere but in the landing folder, and the key is nowhere but in its file.

One load of the real command, of files in which unmistakable people are planted: in good rows and rejected ones, in
every column where they do not belong, and in files that are stopped.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from flows.entry import guarded
from flows.keys.places import pseudonyms
from flows.steps import plain
from tests.endtoend import load, start
from tests.extracts import PLAIN, Files, Row, kpj, membership, memberships, nik, write
from tests.scanner import Found, Words
from transforms.identity import PADDING, Pseudonyms
from warehouse.errors import StepFailed, Stop
from warehouse.home import Home

COLUMNS = [name for name in PLAIN["kepesertaan"] if name != "nama"]
NAMELESS = ("a receipt", "a claim")
CANNOT_BE_TOLD = {"npp": {"kpj", "nama"}, "sub_sektor": {"kpj", "nama"}, "nilai_kontrak": {"kpj"}}
KEY = bytes(range(100, 132))


@dataclass
class Planted:
    """People who stand in the files, by the place they were planted in; every person is planted once."""

    people: dict[int, str] = field(default_factory=dict)

    def person(self, place: str) -> int:
        """Return a new person, planted in `place`."""
        self.people[3000 + len(self.people)] = place
        return max(self.people)

    def words(self, place: str = "") -> dict[str, str]:
        """Return everything that gives a person of that place away, or any person, by the place."""
        chosen = {person: where for person, where in self.people.items() if place in ("", where)}
        return {word: where for person, where in chosen.items() for word in (nik(person), kpj(person), name_of(person))}


@dataclass(frozen=True)
class Spied:
    """What a load left, what was planted before it, and where it was found."""

    home: Path
    output: str
    planted: Planted
    found: Found

    def leaks(self, place: str, *words: str) -> dict[str, set[str]]:
        """Return the places where people planted in `place` were found, and by which word; all words without any."""
        wanted = set(words) or set(self.planted.words(place))
        return {name: seen & wanted for name, seen in self.found.items() if seen & wanted}


def name_of(person: int) -> str:
    """Return a name that no other text holds by chance."""
    letters = "".join("BCDFGHJKLM"[int(digit)] + "AIUEOAIUEO"[int(digit)] for digit in str(person))
    return f"ZZ{letters}QQ"


def known(person: int, **written: str) -> Row:
    """Return a good membership of a planted person, with what is written instead."""
    row = membership(person, PLAIN["kepesertaan"] | {"blth": "2025-02", "tgl_data": "2025-02-28"})
    return row | {"nama": name_of(person)} | written


def plant(planted: Planted) -> Files:
    """Return the files with the planted people."""
    crowd = memberships("2025-02", "2025-02-28", "| orang | segmen |\n| 1-1300 | PU |")
    good = [known(planted.person("a good row")) for _ in range(5)]
    bad = [
        known(planted.person("a rejected row"), upah="-5"),
        known(planted.person("a rejected row")) | {"nik": nik(max(planted.people)) + "7"},
        known(planted.person("a rejected row")) | {"nik": nik(max(planted.people)) + ".0", "jk": "X"},
        known(planted.person("a rejected row")) | {"kpj": " " + kpj(max(planted.people)) + "00"},
        known(planted.person("a rejected row"))
        | {"tgl_lahir": "?", "upah": "x", "nik": f"NIK {nik(max(planted.people))}"},
        known(planted.person("a rejected row in wide digits"), upah="-5") | {"nik": wide(nik(max(planted.people)))},
    ]
    stopped = [
        known(planted.person("a stopped file"), blth="2025-03", tgl_data="2025-03-31", upah="-1") for _ in range(9)
    ]
    payer = known(planted.person("a receipt"))
    receipt = PLAIN["iuran"] | {"blth": "2025-02", "tgl_data": "2025-02-28", "npp": "", "kpj": payer["kpj"]}
    return {
        "kepesertaan_202502.csv": [*crowd, *good, *bad, *misplaced(planted)],
        "kepesertaan_202503.csv": stopped,
        "iuran_202502.csv": [*[receipt] * 30, receipt | {"no_bukti": payer["nik"]}, receipt | {"jumlah_tk": "-1"}],
        "klaim_202502.csv": plant_claims(planted),
    }


def plant_claims(planted: Planted) -> list[Row]:
    """Return claims for planted people: good ones, a rejected one, and one with a NIK instead of its number."""
    plain = PLAIN["klaim"] | {"tgl_data": "2025-02-28", "tgl_bayar": "2025-02-10"}
    good = [
        plain | {"no_klaim": f"K/{number}", "kpj": kpj(planted.person("a claim")), "tgl_kejadian": "2025-02-01"}
        for number in range(60)
    ]
    return [
        *good,
        plain | {"no_klaim": "K/61", "kpj": kpj(planted.person("a claim")), "jumlah": "-1"},
        plain | {"no_klaim": nik(planted.person("a claim")), "kpj": kpj(max(planted.people))},
        plain | {"no_klaim": "K/62", "kpj": kpj(planted.person("a claim")) + "0"},
    ]


def plant_unreadable(planted: Planted, source: Path) -> None:
    """Write a file whose first line is a person instead of a header, and one with a line that cannot be split."""
    person = planted.person("a file without a header")
    line = known(person, blth="2025-04", program="JKK", npp=nik(person))
    (source / "kepesertaan_202504.csv").write_text(",".join(line.values()) + "\n", encoding="utf-8")
    person = planted.person("a file with a broken line")
    line = known(person, blth="2025-05", nama=f'"{name_of(person)}')
    text = ";".join(line) + "\n" + ";".join(line.values()) + "\n"
    (source / "kepesertaan_202505.csv").write_text(text, encoding="utf-8")


def misplaced(planted: Planted) -> Iterator[Row]:
    """Yield, for every column, a row of a planted person whose NIK stands there, one whose KPJ does, one whose name does."""
    for column in COLUMNS:
        for what in ("nik", "kpj", "nama"):
            row = known(planted.person(f"{what} in {column}"))
            yield row | {column: row[what]} | ({"upah": "-1"} if what in CANNOT_BE_TOLD.get(column, ()) else {})


def wide(digits: str) -> str:
    """Return digits in the wide form that some keyboards write."""
    return "".join(chr(0xFF10 + int(digit)) for digit in digits)


@pytest.fixture(scope="module")
def spied(tmp_path_factory: pytest.TempPathFactory) -> Spied:
    """Load the planted files by the command, and search everything it left and said."""
    place, planted = tmp_path_factory.mktemp("spied"), Planted()
    source = write(place / "source", plant(planted))
    plant_unreadable(planted, source)
    running = start(source, place / "home", "--plain")
    output = "\n".join(running.communicate(timeout=240))
    assert running.returncode == 4, output
    words = Words(planted.words())
    found = words.in_folder(place / "home", without=["landing"])
    return Spied(place / "home", output, planted, found | {"stdout and stderr": words.in_text(output)})


def test_the_files_were_judged_as_planned(spied: Spied) -> None:
    names = {name_of(person) for person, where in spied.planted.people.items() if where not in NAMELESS}
    assert set().union(*Words(names).in_folder(spied.home / "landing").values()) == names
    loaded, stopped = spied.output.split("months stopped")[0].split("months loaded")[1].split("files stopped")
    assert "2025-02" in loaded
    assert [f"kepesertaan_2025{month}.csv" in stopped for month in ("02", "03", "04", "05")] == [
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "place",
    [
        "a good row",
        "a rejected row",
        "a rejected row in wide digits",
        "a stopped file",
        "a file without a header",
        "a file with a broken line",
        "a receipt",
        "a claim",
    ],
)
def test_nobody_is_found_who_was_planted_in(place: str, spied: Spied) -> None:
    assert spied.planted.words(place)
    assert spied.leaks(place) == {}


@pytest.mark.parametrize("column", COLUMNS)
def test_nobody_is_found_whose_nik_kpj_or_name_stands_in_the_wrong_column(column: str, spied: Spied) -> None:
    """A KPJ or a name in a free text, or a KPJ in a large amount, cannot be told from what belongs there."""
    whats = {"nik", "kpj", "nama"} - CANNOT_BE_TOLD.get(column, set())
    leaks = {what: spied.leaks(f"{what} in {column}") for what in whats}
    assert {what: found for what, found in leaks.items() if found} == {}


def test_the_key_is_in_no_output_and_only_its_owner_reads_it(spied: Spied) -> None:
    file = spied.home / "keys" / "pseudonym.key"
    secret = file.read_text(encoding="ascii").strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    words = Words([secret])
    assert words.in_folder(spied.home, without=["keys"]) == {}
    assert words.in_text(spied.output) == set()
    hidden = bytes.fromhex(secret)
    assert not [path for path in spied.home.rglob("*") if path.is_file() and hidden in path.read_bytes()]


def test_no_other_user_may_enter_the_home_or_read_what_landed(spied: Spied) -> None:
    landed = [spied.home, *(spied.home / "landing").rglob("*")]
    assert [path.name for path in landed if path.stat().st_mode & stat.S_IRWXO] == []


def test_tokens_are_made_with_the_key_of_the_environment_and_no_other_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAKUPAN_KEY", KEY.hex())
    files = {"kepesertaan_202502.csv": memberships("2025-02", "2025-02-28", "| orang | segmen |\n| 1-3 | PU |")}
    load(write(tmp_path / "source", files), tmp_path / "home")
    lake = pl.read_parquet(tmp_path / "home" / "lake" / "kepesertaan" / "*.parquet")
    people = pl.Series([nik(person) for person in (1, 2, 3)])
    cards = pl.Series([PADDING["KPJ"] + kpj(person) for person in (1, 2, 3)])
    assert lake["worker_key"].to_list() == Pseudonyms(KEY).tokens(people).to_list()
    assert lake["membership_key"].to_list() == Pseudonyms(KEY).tokens(cards).to_list()
    assert not (tmp_path / "home" / "keys").exists()
    assert Words([KEY.hex()]).in_folder(tmp_path / "home") == {}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_key_that_others_can_reach_is_refused(mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.key"
    file.write_text(KEY.hex(), encoding="ascii")
    monkeypatch.setenv("CAKUPAN_KEY_FILE", str(file))
    file.chmod(0o600)
    assert pseudonyms(Home(tmp_path / "home"))[0].fingerprint() == Pseudonyms(KEY).fingerprint()
    file.chmod(mode)
    with pytest.raises(Stop, match="can read") as refused:
        pseudonyms(Home(tmp_path / "home"))
    assert KEY.hex() not in str(refused.value)


@pytest.mark.parametrize("text", ["", "ab", KEY.hex()[:-2], KEY.hex() + "00", "z" * 64])
def test_a_key_of_another_length_or_alphabet_is_refused_without_being_shown(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.key"
    file.write_text(text, encoding="ascii")
    file.chmod(0o600)
    monkeypatch.setenv("CAKUPAN_KEY_FILE", str(file))
    with pytest.raises(Stop) as refused:
        pseudonyms(Home(tmp_path / "home"))
    assert refused.value.rule == "key_malformed"
    assert len(text) < 10 or text not in str(refused.value)


def test_an_unforeseen_error_leaves_its_text_behind() -> None:
    def quoting() -> None:
        raise ValueError(f"cannot cast {nik(7)} to date")

    with pytest.raises(StepFailed) as failed:
        guarded(plain)("a step", quoting)
    assert Words([nik(7)]).in_text(f"{failed.value!r} {failed.value} {failed.value.__cause__}") == set()
    assert "ValueError" in str(failed.value)
