"""A loop of events in a thread of its own, so that what speaks asynchronously can be asked plainly."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Background:
    """The loop. Between two questions it goes on with what was begun, such as blocks asked for ahead."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="receiving", daemon=True)

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def run(self, question: Coroutine[Any, Any, Answer]) -> Answer:
        """Return the answer; an interruption of the waiting ends the question too."""
        asked = asyncio.run_coroutine_threadsafe(question, self.loop)
        try:
            return asked.result()
        except BaseException:
            asked.cancel()
            raise

    def stop(self) -> None:
        """End, with everything that was begun."""
        self.run(_end_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
