"""Every word of every screen exists in all three languages, with the same blanks to fill."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import loyalty.counter
from loyalty import errors
from loyalty.counter.device_thread import DeviceState
from loyalty.counter.screens.pages import read_words
from loyalty.counter.settings import LANGUAGES
from loyalty.counter.views import device_view
from loyalty.devices.interfaces import Health
from loyalty.devices.options import options_of
from loyalty.devices.profiles import Profile, all_profiles
from simulators.__main__ import build_unit
from simulators.unit import LINE_FAULTS

ROOM = Path(loyalty.counter.__file__).parent
CATALOGUES = {lang: json.loads((ROOM / "words" / f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES}
PROFILES: tuple[Profile, ...] = tuple(all_profiles())
USED = re.compile(
    r"""\bt\("([a-z0-9_.]+)"|way\("[a-z]+", "([a-z_]+)"\)|row\("[^"]+", "([a-z0-9_]+)"\)|"(kiosk\.[a-z_]+)\""""
)


def texts(entry: object) -> list[str]:
    return list(entry.values()) if isinstance(entry, dict) else [str(entry)]


def blanks(entry: object) -> set[str]:
    return {name for text in texts(entry) for name in re.findall(r"\{(\w+)\}", text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_missing_and_none_is_empty(language: str) -> None:
    assert CATALOGUES[language].keys() == CATALOGUES["en"].keys()
    for key, entry in CATALOGUES[language].items():
        assert all(texts(entry)), key
        assert blanks(entry) == blanks(CATALOGUES["en"][key]), key


def test_chinese_catalogues_are_not_each_others() -> None:
    same = [key for key, entry in CATALOGUES["zh-Hant"].items() if entry == CATALOGUES["zh-Hans"][key]]
    assert len(same) < len(CATALOGUES["en"]) / 3, same


def test_every_word_that_a_screen_uses_exists() -> None:
    used = {
        next(filter(None, found)) for script in (ROOM / "static").glob("*.js")
        for found in USED.findall(script.read_text("utf-8"))
    }  # fmt: skip
    assert len(used) > 60
    missing = {key for key in used if not key.endswith(".") and key not in CATALOGUES["en"]}
    assert not missing


def test_every_trouble_of_a_device_has_words() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.DeviceError)]
    codes = {kind.code for kind in kinds} - {"cancelled"}
    assert {code for code in codes if f"advice.{code}" not in CATALOGUES["en"]} == set()


def test_every_fault_on_a_bench_has_words() -> None:
    missing = dict[str, str]()
    for profile in PROFILES:
        known = build_unit(profile, "fast").state()["faults_known"]
        assert len(known) >= len(LINE_FAULTS)
        missing |= {name: profile.name for name in known if f"fault.{name}" not in CATALOGUES["en"]}
    assert not missing, "add fault.NAME and its translations to loyalty/counter/words/*.json"


def test_every_advice_and_setting_of_a_driver_or_profile_is_said_in_chinese_too() -> None:
    said = json.loads((ROOM / "words" / "said.json").read_text("utf-8"))
    assert all(len(texts) == 2 and all(texts) for texts in said.values())
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.DeviceError)]
    advice = {kind.advice for kind in kinds} | {
        row["advice"] for profile in PROFILES for fact in profile.facts.values()
        if isinstance(fact.value, list) for row in fact.value if isinstance(row, dict) and "advice" in row
    }  # fmt: skip
    for source in (Path(loyalty.counter.__file__).parent.parent / "devices").rglob("*.py"):
        advice |= set(re.findall(r'\badvice=f?"([^"{]+)"', source.read_text("utf-8")))
    advice |= {f"{each.vendor} {each.model}" for each in PROFILES if each.vendor in ("any", "Generic")}
    advice |= {option.help for profile in PROFILES for option in options_of(profile)}
    assert len(advice) > 60
    assert advice - said.keys() == set(), "add it with both translations to loyalty/counter/words/said.json"


def test_a_catalogue_brings_the_sentences_of_drivers_in_its_script() -> None:
    spoken = {language: json.loads(read_words(language)).get("said", {}) for language in LANGUAGES}
    assert spoken["en"] == {} and spoken["zh-Hant"]["Close the cover."] == "請關上上蓋。"
    assert spoken["zh-Hans"]["Close the cover."] == "请关上上盖。"


def test_what_a_driver_knows_better_than_the_words_for_its_cause_is_shown() -> None:
    def shown(cause: str, advice: str) -> str:
        since = datetime(2026, 5, 4, tzinfo=UTC)
        state = DeviceState("cards", "card_printer", "easyprinter-s3", Health.NEEDS_PERSON, cause, advice, since, False)
        return str(device_view(state)["own_advice"])

    assert shown("no_card", "Take the card out, then put the next one in.").startswith("Take the card out")
    assert shown("no_card", errors.NoCard.advice) == shown("take_card", "Take the card out.") == shown("", "") == ""
