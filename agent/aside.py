"""A run of events beside the event loop: one thread of its own does the steps, the loop stays free.

Knows nothing of what the events say.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sourcehound.agent.events import Event


async def aside(events: Generator[Event]) -> AsyncGenerator[Event]:
    """The events, one by one, without blocking the loop.

    Closed or cancelled, the step that is running ends first; then the run is closed, in the same thread.
    """
    loop, context = asyncio.get_running_loop(), copy_context()
    worker = ThreadPoolExecutor(1, thread_name_prefix="ask")

    def step() -> Event | None:
        return context.run(next, events, None)

    def close() -> None:
        context.run(events.close)

    try:
        while (event := await loop.run_in_executor(worker, step)) is not None:
            yield event
    finally:
        # the one worker takes this after the step that it is in: a generator that runs cannot be closed
        closed = loop.run_in_executor(worker, close)
        worker.shutdown(wait=False)
        await asyncio.shield(closed)
