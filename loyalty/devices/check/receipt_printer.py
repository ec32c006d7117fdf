"""Steps of a receipt printer: refuse what it cannot print, print everything that receipts have, answer to the end."""

from loyalty.contract.paper import BarCode, Cut, Feed, Part, Picture, QrCode, Text
from loyalty.contract.raster import Raster
from loyalty.devices.check.desk import Desk
from loyalty.devices.check.patterns import trial_face
from loyalty.devices.check.step import LeftOut, NotHeld, Step
from loyalty.devices.interfaces import Health
from loyalty.errors import Rejected

PRICE = "The quick brown fox  12.80"
_PAPER = "Hold the paper against the light: thermal paper prints on one side only; turn the roll. Then clean the head."
_SHOWS = "two lines of text, a framed F, a QR code and a barcode, with nothing garbled"


def characters(desk: Desk) -> str:
    driver = desk.driver
    if not driver.can_encode(PRICE):
        raise NotHeld("it says that it cannot print plain letters", "Set `codec` of the profile.", "rejected")
    return "letters as text" + (", Chinese as text" if driver.can_encode("積分") else ", Chinese as pictures")


def refused(desk: Desk) -> str:
    before = _paper(desk)
    try:
        desk.driver.print([Text("not to be seen"), Picture(Raster.blank(desk.driver.paper_dots + 8, 8))])
    except Rejected as error:
        if _paper(desk) != before:
            raise NotHeld("refused, but something was printed", "The driver is at fault; report it.") from error
        return f"refused: {error}"
    raise NotHeld("a picture wider than the paper was accepted", "The driver is at fault; report it.")


def printed(desk: Desk) -> str:
    before = _paper(desk)
    desk.driver.print(slip(desk.driver.paper_dots))
    if desk.hands.simulated and _paper(desk) == before:
        raise NotHeld("the printer says that it printed, and no paper came", _PAPER, "blank")
    desk.notes["slip"] = True
    if desk.driver.status().health is Health.UNKNOWN:
        return "every byte was handed over; the paper has to tell the rest"
    return "the printer says that every byte is on the paper"


def looked_at(desk: Desk) -> str:
    if not desk.notes.get("slip"):
        raise LeftOut("nothing was printed")
    if desk.hands.simulated:
        state = desk.hands.state()
        strange = state.get("unknown_commands") or []
        if strange:
            raise NotHeld(f"the printer did not know {strange[0]}", "The profile's language does not fit.", "rejected")
        return f"paper came, {state['paper']['left_mm']} mm are left"
    if (good := desk.hands.confirm(f"Look at the slip: does it show {_SHOWS}?")) is None:
        raise LeftOut(f"nobody was asked; look at the slip yourself: it has to show {_SHOWS}")
    if not good:
        raise NotHeld("the person says that it does not", f"{_PAPER} Signs instead of letters: the profile's code page "
                      "or language does not fit; see its notes.", "garbled")  # fmt: skip
    return "the person says that it does"


def second(desk: Desk) -> str:
    if not desk.notes.get("slip"):
        raise LeftOut("the first slip was not printed")
    desk.driver.print([Text("second slip"), Feed(1), Cut()])
    return "another slip, on its own"


def still_well(desk: Desk) -> str:
    told = desk.driver.status()
    if told.health not in (Health.READY, Health.UNKNOWN):
        raise NotHeld(told.detail or told.health.value, told.advice, told.cause)
    return str(told.detail or told.health.value)


STEPS = (
    Step("characters", "it knows which characters it has", "at least plain letters", characters),
    Step("refused", "a picture too wide is refused before anything happens", "refused, no paper", refused),
    Step("printed", "it prints text, picture, QR code, barcode", "every byte printed", printed, vital=True),
    Step("slip", "the slip shows all of it", _SHOWS, looked_at),
    Step("second", "a second slip follows", "another slip", second),
    Step("well", "it is as well as before", "ready", still_well),
)


def slip(paper_dots: int) -> list[Part]:
    """Everything that receipts of ours are made of."""
    face = trial_face((paper_dots // 16 * 8, 96))
    return [
        Text("Device check", bold=True, width=2, height=2, align="center"), Text(PRICE), Picture(face, "center"),
        QrCode("loyalty-check", 4), BarCode("CHECK-01", 60), Feed(1), Cut(),
    ]  # fmt: skip


def _paper(desk: Desk) -> int | None:
    """Millimetres left on a simulated roll."""
    paper = desk.hands.state().get("paper")
    return int(paper["left_mm"]) if paper else None
