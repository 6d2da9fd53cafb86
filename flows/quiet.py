"""What Prefect must be told before it is imported: to say nothing to anybody, and to give its own server time to start."""

from __future__ import annotations

import os

API_URL = "PREFECT_API_URL"
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


def be_quiet() -> None:
    """Set what the environment does not say otherwise. A server named as nothing is none: Prefect would look for it."""
    if os.environ.get(API_URL) == "":
        del os.environ[API_URL]
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
