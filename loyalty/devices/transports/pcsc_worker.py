"""A thread of its own for calls that block, so that whoever made one can give up waiting."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

from loyalty.errors import NoAnswer

Result = TypeVar("Result")


class Worker:
    """Does one thing after the other. A call that was given up goes on; the next one waits until it has ended.

    So a reader that hangs costs one thread, however often it is asked.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def do(self, work: Callable[[], Result], timeout_s: float) -> Result:
        """What `work` returns or raises; NoAnswer when that takes longer than timeout_s."""
        job: Future[Result] = Future()
        self._jobs.put((job, work))
        try:
            return job.result(timeout_s)
        except TimeoutError as error:
            job.cancel()  # takes it out of the queue when it has not begun
            raise NoAnswer(f"{self._name} did not answer within {timeout_s:g} s.") from error

    def stop(self) -> None:
        """Ends the thread after what it is doing."""
        self._jobs.put(None)

    def _run(self) -> None:
        while (item := self._jobs.get()) is not None:
            job, work = item
            if not job.set_running_or_notify_cancel():
                continue
            try:
                job.set_result(work())
            except BaseException as error:  # noqa: BLE001 - handed to the thread that asked
                job.set_exception(error)
