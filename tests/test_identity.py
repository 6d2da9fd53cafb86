"""Tokens: equal ids meet, different ones never do, and the key decides."""

from __future__ import annotations

import polars as pl
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity import PADDING, ForeignTokensError, Pseudonyms, pseudonymise
from warehouse.tables.membership import Membership

KEY, OTHER_KEY = Pseudonyms(b"k" * 32), Pseudonyms(b"o" * 32)
niks = st.lists(st.text("0123456789", min_size=16, max_size=16) | st.none(), max_size=40)


@given(niks)
def test_tokens_are_equal_exactly_where_ids_are(ids: list[str | None]) -> None:
    tokens = KEY.tokens(pl.Series("nik", ids, dtype=pl.String)).to_list()
    assert [token is None for token in tokens] == [one is None for one in ids]
    assert len(set(zip(ids, tokens, strict=True))) == len(set(ids)) == len(set(tokens))


@given(niks)
def test_the_place_of_an_id_in_a_file_does_not_change_its_token(ids: list[str | None]) -> None:
    series = pl.Series("nik", [None, "1503014502900001", *ids], dtype=pl.String)
    assert KEY.tokens(series[1:]).to_list() == KEY.tokens(series).to_list()[1:]


def test_another_key_and_another_version_give_other_tokens() -> None:
    ids = pl.Series("nik", ["1503014502900001"])
    seen = {bytes(keys.tokens(ids)[0]) for keys in (KEY, OTHER_KEY, Pseudonyms(b"k" * 32, version=2))}
    assert len(seen) == 3
    assert len({keys.fingerprint() for keys in (KEY, OTHER_KEY)}) == 2


def test_a_key_never_shows_in_a_representation() -> None:
    assert "k" * 8 not in repr(KEY)
    assert KEY.secret.hex() not in f"{KEY!r}{KEY.fingerprint()}"
    assert len(KEY.fingerprint()) == 16, "the mark names gatings: another length would gate every file again"


def test_an_id_of_another_length_gets_no_token() -> None:
    frame = pl.LazyFrame(
        {"worker_key": ["1503014502900001", "15030145029"], "membership_key": ["26133068531", "2613306853"]}
    )
    found = pseudonymise(frame, Membership, KEY).collect()
    assert found.select(pl.all().is_null()).rows() == [(False, False), (True, True)]
    assert found["worker_key"].dtype == pl.Binary


def test_a_token_is_one_aes_block_under_the_key_of_version_1_for_as_long_as_the_lake_is_kept() -> None:
    nik = "1503014502900001"
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cakupan tokens v1").derive(b"k" * 32)
    block = Cipher(algorithms.AES(derived), modes.ECB()).encryptor().update(nik.encode())
    assert KEY.tokens(pl.Series([nik]))[0] == block


def test_a_stream_of_rows_gets_the_tokens_of_the_whole() -> None:
    ids = [f"{number:016d}" for number in range(1000)] + [None]
    frame = pl.LazyFrame(
        {"worker_key": ids, "membership_key": [None] * len(ids)},
        schema={"worker_key": pl.String, "membership_key": pl.String},
    )
    streamed = (
        pseudonymise(frame, Membership, KEY).filter(pl.col("worker_key").is_not_null()).collect(engine="streaming")
    )
    assert streamed["worker_key"].to_list() == KEY.tokens(pl.Series(ids[:-1])).to_list()


def blocks(*written: str | None) -> pl.Series:
    """Return ids as the blocks that tokens are made of: a membership number is filled up from the left."""
    padded = [one if one is None or len(one) == 16 else PADDING["KPJ"] + one for one in written]
    return pl.Series("id", padded, dtype=pl.String)


def test_who_holds_the_key_reads_the_ids_back_and_gives_them_the_tokens_of_a_new_key() -> None:
    ids = blocks("1503014502900001", None, "26133068531", "01330685310")
    tokens = KEY.tokens(ids)
    assert KEY.ids(tokens).to_list() == [None if one is None else one.encode() for one in ids]
    assert KEY.renewed(tokens, OTHER_KEY).to_list() == OTHER_KEY.tokens(ids).to_list()


@pytest.mark.parametrize("foreign", ["2613306853x", "150301450290000x", "xxxxx26133068531", "x503014502900001"])
def test_a_token_of_what_is_no_id_is_foreign_even_among_others(foreign: str) -> None:
    with pytest.raises(ForeignTokensError):
        KEY.ids(KEY.tokens(blocks("1503014502900001", foreign, "26133068531")))


def test_tokens_of_another_key_are_foreign() -> None:
    with pytest.raises(ForeignTokensError):
        OTHER_KEY.ids(KEY.tokens(blocks("1503014502900001")))
