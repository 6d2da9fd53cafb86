"""Where a command connects to: it runs under strace, in a network of its own that holds loopback alone, as far as allowed.

`python -m tests.tracing COMMAND` is the command in such a network, once that has been made.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SET_FLAGS, IS_UP = 0x8914, 1
ADDRESS = re.compile(r'sin_addr=inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
CALLS = "trace=connect,sendto,sendmsg,sendmmsg"
REASON = "neither strace nor a network namespace is allowed here: nothing would notice a connection"


def prefix(log: Path) -> list[str]:
    """Return the words before a command; what it reaches stands in `log` where strace may trace. Empty where neither is allowed."""
    tracing = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", CALLS, "-o", str(log)]
    apart = ["unshare", "--net", "--map-root-user"] if os.geteuid() else ["unshare", "--net"]
    found = tracing if _works(tracing) else []
    return [*apart, sys.executable, "-m", "tests.tracing", *found] if _works(apart) else found


def strace() -> str:
    """Return the path of strace; raises when it is missing."""
    found = shutil.which("strace")
    assert found, "strace is missing: `make servers` installs it"
    return found


def reached(log: Path) -> set[str]:
    """Return the addresses of the internet that anything was sent to, or that was asked to connect."""
    told = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return {four or six for four, six in ADDRESS.findall(told)}


def _works(words: Sequence[str]) -> bool:
    if shutil.which(words[0]) is None:
        return False
    return subprocess.run([*words, "true"], capture_output=True).returncode == 0


def main() -> None:
    """Raise loopback and become the command."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh", b"lo", IS_UP))
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
