"""What a process of ours may leave behind: files that others cannot read, no core, and no text of a library that quotes a row.

Our own errors (Stop, StepFailed) hold no value of a row and are told as they are. Of every other error, warning or message
of a library only its kind and its place are told, wherever it would have gone: a terminal, a log, Prefect.
"""

from __future__ import annotations

import logging
import os
import resource
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from warehouse.disk import refusal_of
from warehouse.errors import StepFailed, Stop, place_of
from warehouse.showing import printable

UMASK = 0o027
OURS = (Stop, StepFailed)
TALKING = ("prefect", "cakupan")
CODE = Path(__file__).resolve().parent.parent
ROOMS = tuple(f"{CODE / room}{os.sep}" for room in ("flows", "warehouse", "transforms", "expectations"))


def be_discreet() -> None:
    """Set umask, core size, and who tells of errors, warnings and messages; doing it again changes nothing."""
    os.umask(UMASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    sys.excepthook = _unforeseen
    threading.excepthook = lambda given: _unforeseen(given.exc_type, given.exc_value, given.exc_traceback)
    sys.unraisablehook = lambda given: _unforeseen(given.exc_type, given.exc_value, given.exc_traceback)
    warnings.showwarning = _warned
    made = logging.getLogRecordFactory()
    if getattr(made, "__name__", "") != _redacting.__name__:
        logging.setLogRecordFactory(_redacting(made))


def said_of(error: BaseException) -> str:
    """Return what may be said of an error: its text where it is ours, what the system says of a file, else kind and place."""
    if isinstance(error, OURS):
        return str(error)
    if type(error).__module__ == "builtins" and isinstance(error, OSError) and error.errno and error.strerror:
        return ": ".join(str(part) for part in (error.filename, error.strerror) if part)
    if type(error) is ValueError and _raised_by_us(error):
        return str(error)
    return f"{type(error).__name__} at {place_of(error)}" if error.__traceback__ else type(error).__name__


def way_of(error: BaseException) -> str:
    """Return the places that an error passed, without any text, for those who mend it."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in reversed(frames))


def _raised_by_us(error: BaseException) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename.startswith(ROOMS)


def tell(error: BaseException) -> None:
    """Tell of an error on stderr: what may be said of it, and of an unforeseen one the way it came."""
    error = error if isinstance(error, OURS) else refusal_of(error) or error
    foreseen = isinstance(error, OURS) or said_of(error) == str(error)
    print(printable(f"cakupan: {said_of(error)}") + ("" if foreseen else f" ({way_of(error)})"), file=sys.stderr)


def _unforeseen(kind: type[BaseException], error: BaseException | None, _: TracebackType | None = None) -> None:
    if error is not None and not issubclass(kind, KeyboardInterrupt):
        tell(error)


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del message, line
    print(f"{category.__name__} at {Path(filename).name}:{lineno}", file=file or sys.stderr)


class _Told(str):
    """A text that is shown as it is, also where its representation is asked for."""

    def __repr__(self) -> str:
        return str(self)


def _redacting(made: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def factory(*given: Any, **more: Any) -> logging.LogRecord:
        record = made(*given, **more)
        error = record.exc_info[1] if record.exc_info else None
        if record.name.startswith(TALKING):
            if isinstance(record.args, tuple):
                record.args = tuple(
                    _Told(said_of(one)) if isinstance(one, BaseException) else one for one in record.args
                )
            told = record.getMessage()
        else:
            told = f"{record.levelname} at {Path(record.pathname).name}:{record.lineno}"
        way = "" if error is None or isinstance(error, OURS) else f" ({said_of(error)}: {way_of(error)})"
        record.msg, record.args, record.exc_info, record.exc_text = told + way, (), None, None
        return record

    factory.__name__ = _redacting.__name__
    return factory
