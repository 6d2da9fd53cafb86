"""A real S3 API server (moto) on loopback, behind a relay that can break the line or answer in its place."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.loopback import HOST, free_port, process
from tests.servers.relay import Relay, relay


@dataclass
class ObjectStore:
    """An object store: `port` is the server's own, `line` the relay before it."""

    port: int
    line: Relay

    @property
    def endpoint(self) -> str:
        """Return the address at which clients ask, through the relay."""
        return f"http://{HOST}:{self.line.port}"

    def put(self, path: str, content: bytes) -> None:
        """Place an object at `bucket/key`, or make a bucket when there is no key."""
        self.ask("PUT", path, content)

    def remove(self, path: str) -> None:
        """Remove the object at `bucket/key`."""
        self.ask("DELETE", path)

    def ask(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        service: str = "s3",
        form: str = "application/octet-stream",
    ) -> bytes:
        """Return the server's answer, asked directly and without a signature."""
        asked = urllib.request.Request(f"http://{HOST}:{self.port}/{path}", data=content, method=method)
        asked.add_header("Authorization", f"AWS4-HMAC-SHA256 Credential=uji/20250101/us-east-1/{service}/aws4_request")
        asked.add_header("Content-Type", form)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=60) as answer:
            said: bytes = answer.read()
            return said

    def user_without_rights(self, name: str) -> tuple[str, str]:
        """Return the access key, and its secret, of a new user who may do nothing."""
        told = ""
        for action in ("CreateUser", "CreateAccessKey"):
            words = f"Action={action}&UserName={name}&Version=2010-05-08".encode()
            told = self.ask("POST", "", words, service="iam", form="application/x-www-form-urlencoded").decode()
        identity, secret = (
            told.partition(f"<{tag}>")[2].partition("<")[0] for tag in ("AccessKeyId", "SecretAccessKey")
        )
        return identity, secret

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Within the block every request is checked: who signed it, and what that user may do."""
        self.ask("POST", "moto-api/reset-auth", b"0")
        try:
            yield
        finally:
            self.ask("POST", "moto-api/reset-auth", b"1000000")


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """Yield an object store without buckets; its log lies in `folder`."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    with process(command, port, folder / "s3.log"), relay(port) as line:
        yield ObjectStore(port, line)
