"""Reading firmware profiles: every shipped one, and every way to get one wrong."""

import pytest

from loyalty.devices.profiles import VERIFIED, all_profiles, folder, read_profile
from loyalty.errors import ConfigError

ROOT = """
abstract = true
vendor = "V"
model = "family"
roles = ["scanner"]
driver = "d"
verified = "manual"
[facts.speed]
value = 9600
source = "page 1"
verified = "manual"
"""


def write(where, **texts):
    for name, text in texts.items():
        (where / f"{name}.toml").write_text(text, "utf-8")
    return where


def refused(where, name):
    with pytest.raises(ConfigError) as caught:
        read_profile(name, where)
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(path.stem for path in folder().glob("*.toml")))
def test_every_shipped_profile_reads_and_says_where_its_facts_are_from(name):
    profile = read_profile(name)
    assert profile.vendor and profile.model and profile.roles and profile.driver
    for fact in profile.facts.values():
        assert fact.source
        assert fact.verified.split(" ")[0] in VERIFIED


def test_families_are_not_offered_as_models():
    names = [profile.name for profile in all_profiles()]
    assert {"star-tcp300", "star-tcp310", "star-tcp300ii", "star-tcp400"} <= set(names)
    assert "star-tcp" not in names


def test_what_nobody_has_seen_is_said():
    assert read_profile("star-tcp400").verified == "unverified"
    assert "commands" in read_profile("star-tcp400").unverified()
    assert "dots_per_mm" in read_profile("star-tcp300ii").unverified()


def test_firmware_differences_are_data():
    old, new = read_profile("star-tcp300"), read_profile("star-tcp300ii")
    assert (old["erase_print_form"], new["erase_print_form"]) == ("discharge", "discharge,erase,print")
    assert 0x4E in new["commands"] and 0x4E not in old["commands"]
    assert old["line"] == new["line"]


def test_a_fact_without_a_value_keeps_it_and_says_anew_where_it_is_from():
    old = read_profile("star-tcp300")
    assert old["statuses"] == read_profile("star-tcp300ii")["statuses"]
    assert old.facts["statuses"].verified == "unverified"


def test_unknown_key(tmp_path):
    assert "'colour'" in refused(write(tmp_path, a=ROOT.replace("vendor", "colour = 1\nvendor")), "a")


def test_unknown_fact(tmp_path):
    heir = 'inherits = "a"\n[facts.sped]\nvalue = 1\nsource = "s"\nverified = "manual"\n'
    assert "'sped'" in refused(write(tmp_path, a=ROOT, b=heir), "b")


def test_missing_key(tmp_path):
    assert "'driver'" in refused(write(tmp_path, a=ROOT.replace('driver = "d"', "")), "a")


def test_a_fact_needs_its_source(tmp_path):
    assert "'speed'" in refused(write(tmp_path, a=ROOT.replace('source = "page 1"', "")), "a")


def test_a_fact_says_how_it_was_verified(tmp_path):
    assert "'hearsay'" in refused(write(tmp_path, a=ROOT[:-10] + '"hearsay"\n'), "a")


def test_a_fact_with_another_key(tmp_path):
    assert "'speed'" in refused(write(tmp_path, a=ROOT + 'note = "x"\n'), "a")


def test_inheriting_in_a_circle(tmp_path):
    where = write(tmp_path, a='inherits = "b"\n', b='inherits = "a"\n')
    assert "inherits from itself" in refused(where, "a")


def test_inheriting_from_nobody(tmp_path):
    assert "no profile 'b'" in refused(write(tmp_path, a='inherits = "b"\n'), "a")


def test_file_and_name_must_agree(tmp_path):
    assert "must agree" in refused(write(tmp_path, a=ROOT.replace("vendor", 'name = "b"\nvendor')), "a")


def test_not_toml(tmp_path):
    assert "not TOML" in refused(write(tmp_path, a="= ="), "a")


def test_asking_for_an_unknown_fact():
    with pytest.raises(ConfigError, match="no fact 'wings'"):
        read_profile("star-tcp300")["wings"]


def test_hardware_comes_with_date_and_firmware(tmp_path):
    text = ROOT[:-9] + '"hardware 2026-11-21 V1.00"\n'
    assert read_profile("a", write(tmp_path, a=text)).facts["speed"].verified == "hardware 2026-11-21 V1.00"
