"""Service of the receipt printer: one receipt after the other, each at most once unless a person asks again."""

from collections.abc import Callable, Sequence
from typing import Any

from loyalty.clock import Clock
from loyalty.contract.outcomes import ReceiptData
from loyalty.contract.paper import Part
from loyalty.counter.device_thread import DeviceThread, status_of
from loyalty.counter.print_job import PrintJob
from loyalty.counter.print_jobs import PrintJobs
from loyalty.devices.interfaces import Health
from loyalty.errors import DeviceError, LinkLost, LoyaltyError, NoAnswer

LayOut = Callable[[ReceiptData, Any], Sequence[Part]]
"""The parts of a receipt for this driver's paper."""
IDLE_S = 1.0


class ReceiptPrinting:
    def __init__(self, jobs: PrintJobs, lay_out: LayOut, clock: Clock) -> None:
        self._jobs, self._lay_out, self._clock = jobs, lay_out, clock

    def serve(self, unit: DeviceThread, driver: Any) -> None:
        while not unit.stopping.is_set():
            seen = self._jobs.version
            status = driver.status()
            unit.show(status)
            job = self._jobs.due_receipt(self._clock())
            if job is None or status.health not in (Health.READY, Health.BUSY, Health.UNKNOWN):
                # Out of paper or cover open: nothing has been sent, so the receipt simply waits.
                self._jobs.wait(seen, IDLE_S)
            else:
                self._print(unit, driver, job)

    def _print(self, unit: DeviceThread, driver: Any, job: PrintJob) -> None:
        assert job.receipt is not None  # only receipts come here
        try:
            parts = self._lay_out(job.receipt, driver)
        except LoyaltyError as error:
            self._jobs.failed(job.id, error.code, str(error), self._clock(), final=True)
            return
        self._jobs.begin(job.id)
        try:
            driver.print(parts)
        except (LinkLost, NoAnswer) as error:  # nobody can tell how much of it is on the paper
            self._jobs.failed(job.id, "in_doubt", str(error), self._clock(), final=True)
            raise
        except DeviceError as error:
            self._jobs.failed(job.id, error.code, str(error), self._clock())
            unit.show(status_of(error))
            unit.stopping.wait(IDLE_S)
            return
        self._jobs.done(job.id)
