"""A customer display: what was sent stands there and nothing else; what it lacks is refused and never half shown."""

import pytest

from loyalty.devices.interfaces import Health, LineDisplay
from loyalty.errors import LinkLost, Rejected
from tests.devices.scanner_desk import ScannerDesk

PLAIN, GB, BIG5 = "line-display", "line-display-gb18030", "line-display-big5"


@pytest.fixture
def desk_of():
    desks = []

    def opened(name=PLAIN, **facts):
        desks.append(ScannerDesk(name, tcp=True, **facts))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()


def shows(desk, *lines):
    desk.until(lambda state: state["lines"] == list(lines))


def test_two_lines_replace_the_two_before(desk_of):
    desk = desk_of()
    assert isinstance(desk.scanner, LineDisplay)
    desk.scanner.show(["LOYALTY CHECK 123456", "TOTAL          12.80"])
    shows(desk, "LOYALTY CHECK 123456", "TOTAL          12.80")
    desk.scanner.show(["THANK YOU"])
    shows(desk, "THANK YOU", "")
    desk.scanner.clear()
    shows(desk, "", "")
    assert desk.unit.state()["cursor"] is False
    assert desk.scanner.status().health is Health.READY
    desk.scanner.brightness(2)
    desk.until(lambda state: state["brightness"] == 2)


@pytest.mark.parametrize(
    ("name", "words", "foreign"), [(GB, "合计 12.80", "\U00020000"), (BIG5, "合計 12.80", "计"), (PLAIN, "OK", "合")]
)
def test_chinese_by_model_and_what_it_lacks_is_refused(desk_of, name, words, foreign):
    desk = desk_of(name)
    desk.scanner.show([words, "積分 5" if name == BIG5 else "5"])
    shows(desk, words, "積分 5" if name == BIG5 else "5")
    assert desk.scanner.can_show(words) and not desk.scanner.can_show(foreign)
    with pytest.raises(Rejected, match="has no"):
        desk.scanner.show(["NEW", foreign])
    assert desk.unit.state()["lines"][0] == words


@pytest.mark.parametrize("lines", [["X" * 21], ["A", "B", "C"], ["\x1b@"], ["合" * 11]])
def test_what_does_not_fit_is_refused_before_anything_is_sent(desk_of, lines):
    desk = desk_of(GB)
    desk.scanner.show(["STAYS"])
    shows(desk, "STAYS", "")
    with pytest.raises(Rejected):
        desk.scanner.show(lines)
    with pytest.raises(Rejected):
        desk.scanner.brightness(9)
    assert desk.unit.state()["lines"] == ["STAYS", ""]


def test_a_pulled_cable_is_told_and_a_new_port_works(desk_of):
    desk = desk_of()
    desk.scanner.show(["A"])
    desk.unit.set_fault("cut", {})
    with pytest.raises(LinkLost):
        while True:
            desk.scanner.status()
    desk.until(lambda state: not state["host_connected"])
    desk.unit.clear_faults()
    desk.plug()
    desk.scanner.show(["B"])
    shows(desk, "B", "")


def test_a_display_that_lost_its_power_shows_the_next_lines(desk_of):
    desk = desk_of()
    desk.scanner.show(["A"])
    shows(desk, "A", "")
    desk.unit.set_fault("dark", {})
    desk.scanner.show(["B"])
    shows(desk, "", "")
    desk.unit.clear_faults()
    desk.scanner.show(["C"])
    shows(desk, "C", "")
