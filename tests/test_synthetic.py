"""The synthetic country: who lives in it, checked against the definitions with plain means."""

from __future__ import annotations

import hashlib
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from tests.synthetic_world import FEBRUARY, MARCH, World, in_force
from warehouse.calendar import shift
from warehouse.errors import Stop
from warehouse.schema import Column, Parse
from warehouse.synthetic import Plan, write
from warehouse.tables.membership import Membership


@pytest.fixture(scope="module")
def jambi(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(Plan(tmp_path_factory.mktemp("jambi"), (FEBRUARY, MARCH), workers=12_000, defects=0.02))


@pytest.fixture(scope="module")
def sarolangun(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(Plan(tmp_path_factory.mktemp("sarolangun"), (MARCH,), ("15.02", "15.03")))


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("two", 5), ("other", 6)):
        write(Plan(tmp_path / name, (MARCH,), workers=600, seed=seed))
    one, two, other = (contents(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert one.keys() == other.keys()
    assert all(one[name] != other[name] for name in one if name.startswith(("kepesertaan", "iuran", "badan_usaha")))


def test_the_members_of_a_regency_do_not_depend_on_what_else_is_written(tmp_path: Path) -> None:
    write(Plan(tmp_path / "alone", (MARCH,), ("15.03",), defects=0))
    write(Plan(tmp_path / "both", (MARCH,), ("15.03", "15.72"), defects=0))
    name = "kepesertaan_1503_202503.csv"
    assert contents(tmp_path / "alone")[name] == contents(tmp_path / "both")[name]


def test_sarolangun_has_the_workers_of_the_press_on_16_march_2025(sarolangun: World) -> None:
    living = in_force(sarolangun.good("kepesertaan"), MARCH).filter(pl.col("kode_kab_domisili") == "15.03")
    assert living.filter(pl.col("segmen").is_in(["PU", "BPU", "JAKON"]))["nik"].n_unique() == 64_709
    assert living["tgl_data"].unique().to_list() == ["2025-03-16"]
    assert living.filter(segmen="PMI").height > 0


def test_sarolangun_has_both_denominators_and_both_targets(sarolangun: World) -> None:
    people = (
        sarolangun.good("penduduk_bekerja")
        .filter(kode_kab="15.03")
        .with_columns(pl.col("penduduk_bekerja", "asn_tni_polri").cast(int))
    )
    eligible = people.select(
        "periode", "tgl_rilis", eligible=pl.col("penduduk_bekerja") - pl.col("asn_tni_polri")
    ).sort("periode")
    assert eligible.rows() == [("2023-08", "2023-12-20", 112_645), ("2024-08", "2024-12-20", 124_440)]
    targets = (
        sarolangun.good("target").filter(kode="15.03").select("kerangka", "persen", "tenaga_kerja").sort("kerangka")
    )
    assert targets.rows() == [("DAERAH", "96.2", None), ("KEMENDAGRI", "62.62", "70538")]


def test_vulnerable_workers_are_billed_16_800_to_the_budget(sarolangun: World) -> None:
    paid = (pl.col("segmen") == "BPU") & (pl.col("sumber_dana") == "APBD_REGENCY")
    bills = sarolangun.good("iuran_1503").filter(paid).with_columns(pl.col("tagihan", "jumlah_tk").cast(int))
    assert sorted(bills["tagihan"] // bills["jumlah_tk"]) == [6_800, 10_000]
    members = in_force(sarolangun.good("kepesertaan_1503"), MARCH).filter(paid)
    assert bills["jumlah_tk"].to_list() == [members.height] * 2
    assert set(members["rentan"]) == {"Y"}


@pytest.mark.parametrize("month", [FEBRUARY, MARCH])
def test_every_worker_of_an_employer_is_billed_once_for_work_accidents(jambi: World, month: date) -> None:
    employed = in_force(jambi.good("kepesertaan"), month).filter(segmen="PU")
    counted = employed.group_by("npp").agg(workers=pl.len().cast(pl.Int64))
    here = {path.name.split("_")[1] for path in jambi.ledger.files if path.name.startswith("kepesertaan")}
    billed = jambi.good("iuran").filter(segmen="PU", program="JKK", blth=f"{month:%Y-%m}")
    expected = counted.filter(pl.col("npp").str.head(4).is_in(here)).sort("npp")
    assert billed.select("npp", workers=pl.col("jumlah_tk").cast(int)).sort("npp").rows() == expected.rows()


def test_payments_are_full_partial_late_or_missing_and_none_lies_in_the_future(tmp_path: Path) -> None:
    bills = World(Plan(tmp_path, (date(2025, 1, 1), FEBRUARY, MARCH), workers=12_000)).good("iuran").filter(segmen="PU")
    assert bills.filter(pl.col("tgl_bayar") > pl.col("tgl_data")).is_empty()
    january = bills.filter(blth="2025-01")
    assert set(january["tgl_data"]) == {"2025-02-28"}
    assert january.filter(pl.col("tgl_bayar") > "2025-02-17").height > 0
    assert january.filter(pl.col("tgl_bayar") <= "2025-02-17").height > january.height / 2
    paid, billed = pl.col("dibayar").cast(int), pl.col("tagihan").cast(int)
    assert january.filter(paid == 0, pl.col("tgl_bayar").is_null()).height > 0
    assert january.filter(paid > 0, paid < billed).height > 0


def test_employers_of_every_finding_are_there(sarolangun: World) -> None:
    employers = sarolangun.good("badan_usaha")
    assert employers.filter(pl.col("npp").is_null(), pl.col("nib").is_null()).is_empty()
    assert employers.filter(pl.col("npp").is_null()).height > 0
    working = in_force(sarolangun.good("kepesertaan"), MARCH).group_by("npp").agg(workers=pl.col("nik").n_unique())
    listed = employers.filter(pl.col("npp").is_not_null()).join(working, on="npp")
    declared = pl.col("tk_wlkp").cast(int)
    assert listed.height == employers["npp"].drop_nulls().len()
    assert 0 < listed.filter(declared > pl.col("workers")).height < listed.height / 2
    assert listed.filter(declared < pl.col("workers")).is_empty()
    owed = {"MIKRO": 2, "KECIL": 3, "MENENGAH": 4, "BESAR": 4}
    held = pl.col("program").str.split("+").list.len()
    assert set(listed["skala"]) == set(owed)
    assert 0 < listed.filter(held < pl.col("skala").replace_strict(owed)).height < listed.height / 4


def test_a_person_has_one_nik_that_tells_birth_and_sex(jambi: World) -> None:
    rows = jambi.good("kepesertaan")
    warned = jambi.ledger.defects.filter(rule="birth_date_differs_from_nik").select("file", "line")
    known = rows.join(warned, on=["file", "line"], how="anti").drop_nulls(["tgl_lahir", "jk"])
    day = pl.col("nik").str.slice(6, 2).cast(int)
    assert known.filter((day > 40) != (pl.col("jk") == "P")).is_empty()
    told = pl.format("{}{}", (day % 40).cast(str).str.zfill(2), pl.col("nik").str.slice(8, 4))
    born = pl.col("tgl_lahir").str.to_date().dt.to_string("%d%m%y")
    assert known.filter(told != born).is_empty()
    assert rows.group_by("nik").agg(pl.col("nama").n_unique())["nama"].max() == 1
    assert rows.filter(pl.col("nik").str.head(2) != "15").height > 0


def test_kpj_are_eleven_digits_never_shared_and_some_begin_with_zero(jambi: World) -> None:
    kpj = jambi.good("kepesertaan").filter(blth="2025-03")["kpj"]
    assert kpj.str.contains(r"^\d{11}$").all()
    assert kpj.n_unique() == kpj.len()
    assert kpj.str.starts_with("0").any()


def test_persons_have_second_memberships_in_other_segments_regencies_and_provinces(jambi: World) -> None:
    rows = in_force(jambi.good("kepesertaan"), MARCH)
    per_person = rows.group_by("nik").agg(
        pl.col("segmen").unique(), pl.col("kode_kab_kerja").unique(), pl.col("sumber_dana").unique()
    )
    assert per_person.filter(pl.col("segmen").list.set_intersection(["PU", "BPU"]).list.len() == 2).height > 0
    assert per_person.filter(pl.col("kode_kab_kerja").list.drop_nulls().list.len() == 2).height > 0
    assert per_person.filter(pl.col("sumber_dana").list.set_difference(["EMPLOYER", "SELF"]).list.len() == 2).height > 0
    assert rows.filter(pl.col("kode_kab_domisili").str.head(2) != "15").height > 0
    assert rows.filter(pl.col("kode_kab_kerja") != pl.col("kode_kab_domisili")).height > 0


def test_workers_join_leave_and_return_and_stay_the_same_persons(tmp_path: Path) -> None:
    months = tuple(shift(date(2024, 10, 1), number) for number in range(6))
    rows = World(Plan(tmp_path, months, ("15.72",), workers=6_000)).good("kepesertaan")
    present = [set(in_force(rows, month)["nik"]) for month in months]
    steps = list(pairwise(present))
    assert all(after - before and before - after for before, after in steps)
    earlier = set().union(*present[:4])
    assert (present[5] - present[4]) & earlier
    assert len(present[3]) < len(present[2]), "budgets renew after January"
    assert rows.drop_nulls("tgl_lahir").group_by("nik").agg(pl.col("tgl_lahir").n_unique())["tgl_lahir"].max() == 1


def test_own_account_members_are_up_to_five_months_behind(jambi: World) -> None:
    own = jambi.good("kepesertaan").filter(segmen="BPU", blth="2025-03", rentan="T")
    through = set(own["lunas_sd"])
    assert {"2024-10", "2024-11", "2024-12", "2025-01", "2025-02", "2025-03", "2025-12"} <= through
    assert min(through) == "2024-10"


def test_workers_are_shared_out_over_the_regencies_as_in_reality(jambi: World) -> None:
    living = in_force(jambi.good("kepesertaan"), MARCH).filter(
        pl.col("segmen") != "PMI", pl.col("kode_kab_domisili").str.head(2) == "15"
    )
    counts = living.group_by("kode_kab_domisili").agg(pl.col("nik").n_unique())["nik"]
    assert (counts.len(), counts.sum()) == (11, 12_000)


def test_a_new_column_of_a_declaration_is_written_without_a_change_of_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = Column(
        pl.String(), "Way of paying.", values=("BANK", "POS"), arrives_as="cara_bayar", parse=Parse.CODE, name="way"
    )
    monkeypatch.setattr(Membership, "columns", {**Membership.columns, "way": new})
    write(Plan(tmp_path, (MARCH,), ("15.03",), workers=500, defects=0))
    assert set(pl.read_csv(tmp_path / "kepesertaan_1503_202503.csv", infer_schema=False)["cara_bayar"]) == {
        "BANK",
        "POS",
    }


def test_a_region_without_regencies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"region_unknown.*15\.99"):
        Plan(tmp_path, (MARCH,), ("15.99",))
