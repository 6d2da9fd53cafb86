"""Extracts on an SFTP server, whose key must be one that is expected. No agent, no keys and no settings of ~/.ssh."""

from __future__ import annotations

import asyncio
import stat
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import asyncssh
from asyncssh import SFTPAttrs, SFTPClient

from flows.receive.background import Background
from flows.receive.remote import Changed, Found, Passing
from flows.receive.sftp_faults import as_ours
from flows.receive.sftp_login import connect
from flows.sources import SftpAddress
from warehouse.errors import Stop

BLOCK = 255 << 10
BLOCKS_ASKED_AHEAD = 64
ENDLESS = 1 << 62
DEEPEST, MOST_FILES = 32, 200_000
Answer = TypeVar("Answer")
Listing = list[Found]


class SftpRemote:
    """A folder of an SFTP server. The tag is the time of the last change, in seconds: all that SFTP tells."""

    resumes = True

    def __init__(self, address: SftpAddress) -> None:
        self.settings = address
        path = address.path.rstrip("/")
        self.root = "." if path == "/~" else path.removeprefix("/~/")
        self.loop = Background()
        self.connection: asyncssh.SSHClientConnection | None = None
        self.client: SFTPClient | None = None

    def __enter__(self) -> Self:
        self.loop.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()
        self.loop.stop()

    def list(self) -> list[Found]:
        """Return the files below the folder; links to files are followed, links to folders are not."""
        try:
            return self._ask(self._walk, self.root or "/")
        except Changed:
            en, id = f"{self.settings.url}: no such folder", f"{self.settings.url}: folder tidak ada"
            raise Stop("folder_missing", en, id, "correct the url of the source, or ask the sender") from None

    def look(self, found: Found) -> Found | None:
        """Return the file as it is now, None when it is gone."""
        return self._ask(lambda: self._look(found.name), found.name)

    def read(self, found: Found, offset: int) -> Iterator[bytes]:
        """Yield the bytes from `offset` up to the size that was found; many blocks are asked for ahead."""
        blocks = self._blocks(found, offset)
        try:
            while block := self._ask(lambda: anext(blocks, b""), found.name):
                yield block
        finally:
            with suppress(Exception):
                self.loop.run(blocks.aclose())

    def address(self, name: str) -> str:
        """Return the file as a URL, in which no secret stands."""
        return f"{self.settings.url.rstrip('/')}/{quote(name)}"

    def _ask(self, question: Callable[[], Awaitable[Answer]], name: str) -> Answer:
        async def asked() -> Answer:
            return await question()

        try:
            return self.loop.run(asked())
        except (OSError, asyncssh.Error) as error:
            ours = as_ours(error, self.settings.host, name)
            if isinstance(ours, Passing) and not isinstance(ours, Changed):
                self._hang_up()
            raise ours from None

    async def _open(self) -> SFTPClient:
        if self.client is None:
            self.connection = await connect(self.settings)
            async with asyncio.timeout(self.settings.timeout_seconds):
                self.client = await self.connection.start_sftp_client(path_errors="surrogateescape")
        return self.client

    def _hang_up(self) -> None:
        if self.connection is not None:
            self.loop.loop.call_soon_threadsafe(self.connection.abort)
        self.connection = self.client = None

    async def _walk(self) -> Listing:
        client, found, folders = await self._open(), list[Found](), [""]
        while folders:
            folder = folders.pop()
            async with asyncio.timeout(self.settings.timeout_seconds):
                async for entry in client.scandir(self._path(folder)):
                    name = str(entry.filename)
                    if stat.S_ISDIR(entry.attrs.permissions or 0) and name not in (".", ".."):
                        folders.append(f"{folder}{name}/")
                    elif not name.startswith("."):
                        found.append(_found(f"{folder}{name}", entry.attrs))
                    _require_bounds(folder, len(found) + len(folders))
        seen = [one if one.tag else await self._look(one.name) for one in found]
        return sorted((one for one in seen if one), key=lambda one: one.name)

    async def _look(self, name: str) -> Found | None:
        client = await self._open()
        try:
            async with asyncio.timeout(self.settings.timeout_seconds):
                attrs = await client.stat(self._path(name))
        except asyncssh.SFTPNoSuchFile:
            return None
        return _found(name, attrs) if stat.S_ISREG(attrs.permissions or stat.S_IFREG) else None

    async def _blocks(self, found: Found, offset: int) -> AsyncGenerator[bytes]:
        client, end = await self._open(), ENDLESS if found.size is None else found.size
        most = min(BLOCK, client.limits.max_read_len)
        pending: deque[asyncio.Task[bytes]] = deque()
        async with await client.open(self._path(found.name), "rb", encoding=None) as file:
            try:
                while True:
                    while offset < end and len(pending) < BLOCKS_ASKED_AHEAD:
                        size = min(most, end - offset)
                        pending.append(asyncio.ensure_future(file.read(size, offset)))
                        offset += size
                    if not pending:
                        return
                    async with asyncio.timeout(self.settings.timeout_seconds):
                        block = await pending.popleft()
                    if not block:
                        return
                    yield block
                    if len(block) < most:
                        return
            finally:
                for one in pending:
                    one.cancel()
                await asyncio.gather(*pending, return_exceptions=True)

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}".rstrip("/") or "/"


def _found(name: str, attrs: SFTPAttrs) -> Found:
    """Return a file as its attributes show it; without a tag where only a second look tells what it is."""
    regular = stat.S_ISREG(attrs.permissions or 0)
    return Found(name, attrs.size, str(attrs.mtime or 0) if regular else "")


def _require_bounds(folder: str, files: int) -> None:
    if folder.count("/") > DEEPEST or files > MOST_FILES:
        en, id = (
            f"more than {MOST_FILES:,} files or {DEEPEST} levels",
            f"lebih dari {MOST_FILES:,} berkas atau {DEEPEST} tingkat",
        )
        raise Stop("listing_too_large", en, id, "let the url name the folder of our extracts only")
