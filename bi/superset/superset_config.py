"""Superset's settings for one home: loopback, read-only, silent. Superset reads this file, from SUPERSET_CONFIG_PATH."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superset.utils.log import AbstractEventLogger

if TYPE_CHECKING:
    from sqlalchemy.engine.url import URL

FOLDER = Path(os.environ["CAKUPAN_SUPERSET"])
PUBLISHED = Path(os.environ["CAKUPAN_PUBLISHED"])

SECRET_KEY = (FOLDER / "secret_key").read_text(encoding="utf-8")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{FOLDER / 'superset.db'}?check_same_thread=false"
SQLALCHEMY_EXAMPLES_URI = SQLALCHEMY_DATABASE_URI
SQLALCHEMY_ENGINE_OPTIONS = {"connect_args": {"timeout": 30}}

# The published file as it stands: whatever a connection to DuckDB asks for, it gets this file, closed to all else.
LOCKED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
    "memory_limit": "1GB",
    "threads": "2",
}


def DB_CONNECTION_MUTATOR(  # noqa: N802
    uri: URL, params: dict[str, Any], username: str | None, security_manager: object, source: object
) -> tuple[URL, dict[str, Any]]:
    """Return where DuckDB connects to and how: the version that `current` names now, never one still open under its name.

    One process of DuckDB shares a file by its path and refuses a second configuration of it; so the link is resolved
    for every query, and the configuration is the same for all.
    """
    del username, security_manager, source
    if uri.get_backend_name() != "duckdb":
        return uri, params
    connect = {"read_only": True, "config": dict(LOCKED)}
    return uri.set(database=str(PUBLISHED.resolve(strict=True)), query={}), params | {"connect_args": connect}


# Every query asks the file: what is published shows in the next one.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
ROW_LIMIT = 10_000
SUPERSET_WEBSERVER_TIMEOUT = 60


class NoEvents(AbstractEventLogger):  # type: ignore[misc]  # Superset is not installed where types are checked
    """Keeps no record of what people look at."""

    def log(self, *args: object, **kwargs: object) -> None:
        """Keep nothing."""


EVENT_LOGGER = NoEvents()
LOG_LEVEL = logging.ERROR  # it warns of every metric that is no plain SUM, and prints a trace for every refused query

# Nothing in the pages may reach beyond this server: no counting pixel, no maps, no fonts, no avatars.
CONTENT_SECURITY_POLICY_WARNING = False
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
SESSION_COOKIE_SAMESITE = "Strict"
ENABLE_PROXY_FIX = False
FAB_API_SWAGGER_UI = False
AUTH_USER_REGISTRATION = False
FEATURE_FLAGS = {"ALERT_REPORTS": False, "THUMBNAILS": False, "SLACK_ENABLE_AVATARS": False}
APP_NAME = "Cakupan"

D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp ", ""]}
D3_TIME_FORMAT = {
    "dateTime": "%d-%m-%Y %H.%M.%S",
    "date": "%d-%m-%Y",
    "time": "%H.%M.%S",
    "periods": ["", ""],
    "days": ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"],
    "shortDays": ["Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"],
    "months": [
        "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ],
    "shortMonths": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
}  # fmt: skip
