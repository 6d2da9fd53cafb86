"""What is computed: pure functions from tables to tables, found by their annotations and joined into one graph."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules


@cache
def discover() -> None:
    """Import every module of this package, so that all its transforms are known; a new file is enough."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
