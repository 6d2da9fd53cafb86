"""What Prefect must be told before it is imported: to say nothing to anybody, and to give its own server time to start."""

from __future__ import annotations

import os

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


def be_quiet() -> None:
    """Set what the environment does not say otherwise."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
