"""What the machine is like: packages, clock, file system, and the Prefect server that the environment names."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from flows.running.findings import Finding, State

REMOTE_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs"})
SERVER = "PREFECT_API_URL"
SERVER_SECONDS = 5


def packages() -> Iterator[Finding]:
    """Yield which versions of the packages that matter are here, and those that are outside what is allowed."""
    from packaging.requirements import Requirement

    needed = [Requirement(one) for one in metadata.requires("cakupan") or () if "extra ==" not in one]
    seen: list[str] = []
    for one in needed:
        try:
            version = metadata.version(one.name)
        except metadata.PackageNotFoundError:
            yield Finding("packages", State.BROKEN, f"{one.name} is missing", "make setup")
            continue
        seen.append(f"{one.name} {version}")
        if not one.specifier.contains(version, prereleases=True):
            yield Finding("packages", State.BROKEN, f"{one.name} {version}, wanted {one.specifier}", "make setup")
    yield Finding("packages", State.FINE, ", ".join(seen))


def clock() -> Iterator[Finding]:
    """Yield whether the clock is kept by a time server, where the machine can say so."""
    command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=SERVER_SECONDS, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        yield Finding(
            "clock",
            State.LOOK,
            "cannot tell whether a time server keeps it",
            "as_of_date and due dates need the right day",
        )
        return
    kept = told == "yes"
    yield Finding(
        "clock",
        State.FINE if kept else State.LOOK,
        f"kept by a time server: {told}",
        "" if kept else "timedatectl set-ntp true",
    )


def file_system(folder: Path) -> str:
    """Return the type of the file system that a folder lies on, empty when the machine does not say."""
    best, kind = "", ""
    for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, mount, found, *_ = line.split()
        if (folder.is_relative_to(mount)) and len(mount) >= len(best):
            best, kind = mount, found
    return kind


def server() -> Iterator[Finding]:
    """Yield whether the Prefect server of the environment answers; without one every run starts its own."""
    url = os.environ.get(SERVER)
    if not url:
        yield Finding(
            "Prefect server", State.FINE, f"{SERVER} is not set: runs start a temporary one, --plain needs none"
        )
        return
    import httpx

    try:
        httpx.get(f"{url.rstrip('/')}/health", timeout=SERVER_SECONDS).raise_for_status()
        yield Finding("Prefect server", State.FINE, "answers")
    except httpx.HTTPError as failed:
        yield Finding(
            "Prefect server",
            State.BROKEN,
            f"does not answer: {type(failed).__name__}",
            f"start it, or correct {SERVER}",
        )
