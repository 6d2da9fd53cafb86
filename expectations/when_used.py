"""Libraries that are imported when something of them is used: Great Expectations imports some for expectations that nobody asks for."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

HEAVY = ("altair", "scipy.stats")
"""Charts and distributions: a third of what importing Great Expectations costs, 1.1 CPU s of every load that judges a file."""


def when_used(*names: str) -> None:
    """Let importing a library only name it, and asking it for anything import it: it is what it is for whoever uses it."""
    for name in names:
        if name not in sys.modules:
            sys.modules[name] = _Named(name)


class _Named(ModuleType):
    """A library by its name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__spec__ = ModuleSpec(name, None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)
