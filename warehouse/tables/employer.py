"""Extract badan_usaha: employers as seen on a date."""

import polars as pl

from warehouse import vocabulary as v
from warehouse.schema import Column, Extract, Parse, Rule
from warehouse.vocabulary import arriving


class Employer(Extract, kind="badan_usaha", grain="one row per employer and as_of_date"):
    """Employers that are obliged to register, registered or not, as seen on a date."""

    unique = ("as_of_date", "npp", "nib", "region_code")
    unique_needs = ("as_of_date", "region_code")

    as_of_date = arriving(v.AS_OF_DATE, "tgl_data", Parse.DATE)
    npp = arriving(
        Column(v.TEXT, "Employer number; empty: not registered.", "id"), "npp", Parse.IDENTIFIER, required=False
    )
    nib = arriving(Column(v.TEXT, "Business registration number.", "id"), "nib", Parse.IDENTIFIER, required=False)
    employer_name = arriving(Column(v.TEXT, "Name of the employer.", "text"), "nama", Parse.TEXT)
    kbli = arriving(
        Column(v.TEXT, "Line of business, KBLI, five digits.", "code", pattern=r"^[0-9]{5}$"), "kbli", Parse.IDENTIFIER
    )
    scale = arriving(v.SCALE, "skala", Parse.CODE)
    risk_class = arriving(
        Column(v.TEXT, "Work accident risk class.", "code", values=v.RISK_CLASSES), "kelas_risiko", Parse.CODE
    )
    labour_intensive = arriving(Column(pl.Boolean(), "A labour-intensive industry.", "flag"), "padat_karya", Parse.FLAG)
    region_code = arriving(v.REGION_CODE, "kode_kab", Parse.REGENCY)
    declared_workers = arriving(
        v.count("Workers reported in WLKP.", "workers", "Tenaga kerja WLKP").but(maximum=v.MOST_WORKERS),
        "tk_wlkp",
        Parse.WHOLE,
    )
    programmes = arriving(
        Column(pl.UInt8(), "Programmes followed: JKK 1, JKM 2, JHT 4, JP 8, JKP 16, added up.", "bitmask"),
        "program", Parse.PROGRAMMES, required=False,
    )  # fmt: skip
    registered_on = arriving(Column(v.DATE, "Day of registration.", "date"), "tgl_daftar", Parse.DATE, required=False)

    rules = (
        Rule(
            "employer_unidentified", "npp IS NOT NULL OR nib IS NOT NULL",
            "neither NPP nor NIB identifies the employer", "NPP dan NIB kosong: pemberi kerja tidak dikenali",
        ),
    )  # fmt: skip
