"""The marts as Prefect assets: what a run wrote, and the kinds of extracts it came from."""

from __future__ import annotations

from prefect.assets import Asset, AssetProperties, add_asset_metadata, materialize
from prefect.cache_policies import NO_CACHE

from flows.written import Written, written
from warehouse.home import Home

MADE_BY = "cakupan"


def materialize_marts(home: Home, run_id: str) -> None:
    """Tell the server which marts a run wrote and which kinds they came from; say nothing when it wrote none."""
    marts = written(home, run_id)
    if not marts:
        return
    kinds = sorted({content.kind for one in marts for content in one.contents})
    assets = {one.fact.qualified(): _asset(one) for one in marts}

    @materialize(
        *assets.values(), by=MADE_BY, name="marts", asset_deps=[_key("extract", kind) for kind in kinds],
        cache_policy=NO_CACHE, persist_result=False,
    )  # fmt: skip
    def tell() -> None:
        for one in marts:
            contents = len({content.sha256 for content in one.contents})
            add_asset_metadata(assets[one.fact.qualified()], {"run": run_id, "rows": one.rows, "contents": contents})

    tell()


def _asset(one: Written) -> Asset:
    told = AssetProperties(name=one.fact.qualified(), description=one.fact.description())
    return Asset(key=_key("mart", one.fact.name), properties=told)


def _key(layer: str, name: str) -> str:
    return f"cakupan://{layer}/{name}"
