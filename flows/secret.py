"""Secrets of sources: named in the settings, kept elsewhere, shown nowhere."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from flows.quiet import be_quiet
from warehouse.errors import Stop

CURE = '{ env = "NAME" }, { file = "/path" } or { block = "prefect-secret" }'
MOST_BYTES = 65_536


class Secret(BaseModel):
    """Where a secret is kept: in a variable of the environment, in a file of ours alone, or in a Secret block of Prefect."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    env: str = ""
    file: str = ""
    block: str = ""

    @model_validator(mode="before")
    @classmethod
    def _is_no_literal(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValueError(f"a secret does not stand in the settings; say where it is kept: {CURE}")
        return data

    @model_validator(mode="after")
    def _is_kept_in_one_place(self) -> Secret:
        if len([one for one in (self.env, self.file, self.block) if one]) != 1:
            raise ValueError(f"a secret is kept in one place: {CURE}")
        return self

    def reveal(self) -> str:
        """Return the secret. Raises Stop when it is missing, or readable by others."""
        told = self._from_environment() if self.env else self._from_file() if self.file else self._from_block()
        if not told:
            raise _missing(self.where, "it is empty", "kosong")
        return told

    @property
    def where(self) -> str:
        """Return where it is kept, as people are told."""
        return f"${self.env}" if self.env else self.file or f"block {self.block}"

    def _from_environment(self) -> str:
        if self.env not in os.environ:
            raise _missing(self.where, "the variable is not set", "variabel tidak ada")
        return os.environ[self.env]

    def _from_file(self) -> str:
        try:
            with Path(self.file).open("rb") as kept:
                state = os.fstat(kept.fileno())
                if not stat.S_ISREG(state.st_mode) or state.st_mode & 0o177:
                    en, id = f"{self.file} may be read by others", f"{self.file} dapat dibaca orang lain"
                    raise Stop("secret_open_to_others", en, id, "chmod 600, and replace a secret that was seen")
                return kept.read(MOST_BYTES).decode("utf-8").rstrip("\r\n")
        except OSError as broken:
            raise _missing(self.where, broken.strerror or "unreadable", "tidak terbaca") from None
        except UnicodeDecodeError:
            raise _missing(self.where, "it is not UTF-8", "bukan UTF-8") from None

    def _from_block(self) -> str:
        be_quiet()
        from prefect.blocks.system import Secret as Block

        try:
            found: Any = Block.load(self.block, _sync=True)  # type: ignore[call-arg]
            return str(found.get())
        except Exception as broken:
            raise _missing(self.where, f"Prefect says {type(broken).__name__}", "tidak ada di Prefect") from None


def _missing(where: str, en: str, id: str) -> Stop:
    return Stop("secret_missing", f"{where}: {en}", f"{where}: {id}", "set it for the account that runs cakupan")
