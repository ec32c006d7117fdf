"""What is done with each role of device at this counter: who hears what it reads, what it is given to print."""

from typing import Any

from loyalty.clock import Clock
from loyalty.contract.outcomes import FaceData, MemberView, ReceiptData
from loyalty.contract.raster import Raster
from loyalty.contract.token import Token
from loyalty.counter.card_making import CardMaking
from loyalty.counter.card_marks import CardMarks
from loyalty.counter.card_printing import CardPrinting
from loyalty.counter.customer_display import CustomerDisplay
from loyalty.counter.desk import Desk
from loyalty.counter.device_thread import DeviceThread, Service
from loyalty.counter.face import face_of
from loyalty.counter.issuing import Issuing
from loyalty.counter.mark_places import mark_place
from loyalty.counter.print_jobs import PrintJobs
from loyalty.counter.reading import ReadingService
from loyalty.counter.receipt_printing import ReceiptPrinting
from loyalty.counter.refused_card import refused_card
from loyalty.counter.settings import CounterSettings
from loyalty.counter.snapshots import Snapshots
from loyalty.counter.wear import Wear
from loyalty.printing.receipt import lay_out_receipt


def device_services(
    settings: CounterSettings, clock: Clock, desk: Desk, jobs: PrintJobs, snapshots: Snapshots, marks: CardMarks,
    issuing: Issuing,
) -> dict[str, Service]:  # fmt: skip
    """By role; readers and scanners share one, so that a card is looked at the same way wherever it is shown."""
    zone = settings.zone

    def render(data: FaceData, dots: tuple[int, int]) -> Raster:
        return marks.drawn(data, dots, zone)

    def lay_out(data: ReceiptData, driver: Any) -> Any:
        return lay_out_receipt(data, driver.columns, driver.paper_dots, driver.can_encode, zone=zone)

    places = {device.id: mark_place(device.card_mark) for device in settings.devices if device.card_mark}

    def examine(unit: DeviceThread, driver: Any, token: Token) -> None:
        if place := places.get(unit.settings.id):
            marks.examine(place, driver, token)

    def new_face(member: MemberView) -> FaceData:
        return face_of(member, settings, clock(), masked=False)

    wear = Wear(jobs.counts)
    making = CardMaking(issuing, snapshots, render, new_face, clock, lambda: jobs.armed_face(clock()) is not None,
                        wear)  # fmt: skip
    reading = ReadingService(desk.heard, refused_card(desk, settings.devices, clock), examine)
    return {
        "card_reader": reading,
        "scanner": reading,
        "magstripe": reading,
        "card_printer": CardPrinting(jobs, snapshots, render, clock, marks.printed, making, wear),
        "receipt_printer": ReceiptPrinting(jobs, lay_out, clock),
        "line_display": CustomerDisplay(desk, settings),
    }
