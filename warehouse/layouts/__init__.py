"""Layouts: how the files of the real world become the columns that are declared, and how they drift."""

from warehouse.layouts.headers import expected, plain, unknown
from warehouse.layouts.layout import Layout, built_in
from warehouse.layouts.shaping import Shaped, opening, shaped

__all__ = ["Layout", "Shaped", "built_in", "expected", "opening", "plain", "shaped", "unknown"]
