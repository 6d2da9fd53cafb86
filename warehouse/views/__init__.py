"""Views and macros of schema mart: declarations in Python, queries in SQL; files run in order of name.

`versioned.sql` is the template of every fact's current view, history and as-of macro. 30 follows from what stands, 40 is
what was claimed and how it compares, 50 plans. Importing this package declares them all.
They must give the same rows on DuckDB 1.1.3 to 2.0; DISTINCT ON is avoided, because 1.1 loses rows when its result is joined.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
