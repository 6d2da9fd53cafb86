"""Every table: one module a declaration. Importing this package declares them all, so a new file is enough."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
