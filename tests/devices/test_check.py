"""The conformance run holds on every simulated device, and says what it saw."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec

import pytest

from loyalty.devices.check import Report, SimulatorHands, run_check, steps_of
from loyalty.devices.profiles import Profile, all_profiles, read_profile
from loyalty.errors import ConfigError
from simulators.__main__ import start
from tests.devices.pcsc_bench import Desk

NOW = datetime(2026, 11, 21, tzinfo=UTC)
EACH_RUN = (
    "star-tcp310", "escpos-58mm", "evolis-primacy2", "honeywell-1900-serial", "pn532", "acr122u", "acr39-sle4442",
    "easyprinter-s3", "sanwa-crp1231lr", "sanwa-cr1231r", "msr605", "magtek-sureswipe", "virtual-pointcard",
)  # fmt: skip
"""One of each family and manner; the others on request, and those of families that are not in this list."""
_FAMILIES = {read_profile(name).driver for name in EACH_RUN}


def each_profile() -> Iterator[object]:
    for profile in all_profiles():
        seldom = profile.driver in _FAMILIES and profile.name not in EACH_RUN
        yield pytest.param(profile, id=profile.name, marks=[pytest.mark.slow] if seldom else [])


def check_of(profile: Profile) -> Report:
    if not find_spec(f"simulators.{profile.driver}"):
        pytest.skip(f"{profile.driver} has no simulator")
    if profile.driver == "pcsc":
        desk = Desk(profile.name)
        try:
            return run_check(profile, desk.ready["port"], SimulatorHands(desk.ready["control"]), NOW)
        finally:
            desk.end()
    try:
        _, ready, server = start(profile.name, tcp="127.0.0.1:0")
    except ConfigError:
        _, ready, server = start(profile.name)  # a HID device has no such line
    try:
        return run_check(profile, ready["port"], SimulatorHands(ready["control"]), NOW)
    finally:
        server.close()


@pytest.mark.parametrize("profile", list(each_profile()))
def test_the_check_holds_on_every_simulator(profile: Profile) -> None:
    report = check_of(profile)
    assert report.held, report.to_text()
    assert report.simulated and "SIMULATED" in report.to_text()


@pytest.mark.parametrize("profile", list(all_profiles()), ids=lambda profile: profile.name)
def test_each_role_has_eight_to_twelve_steps_of_its_own_names(profile: Profile) -> None:
    steps = steps_of(profile)
    for role in profile.roles:
        names = [step.name for of, step in steps if of in ("", role)]
        assert 8 <= len(names) <= 12 and len(set(names)) == len(names), names
    assert all(step.title and step.expected for _, step in steps)


def test_a_report_can_be_read_by_programs_and_printed() -> None:
    report = check_of(read_profile("honeywell-1900-serial"))
    document = report.to_json()
    assert document["held"] is True and document["profile"] == "honeywell-1900-serial"
    assert {step["result"] for step in document["steps"]} == {"held", "skipped"}
    page = report.to_html()
    assert page.startswith("<!doctype html>") and "SIMULATED" in page and "Xenon 1900" in page
    assert "http" not in page.replace(report.port, "")
