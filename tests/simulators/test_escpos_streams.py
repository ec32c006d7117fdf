"""What the simulated receipt printer makes of receipts that other programs wrote: text, Chinese, pictures, codes."""

import pytest
from PIL import ImageChops

from loyalty.devices.wire.escpos.star_line import STAR_LINE
from simulators.paper.star import STAR as STAR_VERBS
from tests.receipt_streams import FAULTS_OF_THE_WRITER, NAMES, STAR, stream
from tests.simulators.escpos_slip import Slip

QR, EAN, MEMBER = ("QRCode", "https://example.org/c/M000123"), ("EAN13", "4006381333931"), ("Code128", "M000123")
ALL_THREE = (
    "rl_citizen", "rl_fit", "rl_generic", "rl_starsbcs", "rl_starlinesbcs", "rl_big5", "rl_gb18030", "rl_starmbcs2",
    "rpe_receipt", "rpe_star-line",
)  # fmt: skip
READ = {
    **{name: {QR, EAN, MEMBER} for name in ALL_THREE}, "epe_receipt": {QR, EAN}, "ntp_epson": {QR, MEMBER},
    "ntp_tanca": {QR}, "rl_impact": set(), "ntp_star": set(), "song_gb18030": {EAN, ("QRCode", "M000123")},
}  # fmt: skip


def printed(name):
    values = {"kanji_codec": "big5"} if name in ("rl_big5", "rl_starmbcs2") else {}
    values["kanji_at_reset"] = name == "rl_starmbcs2"  # Star's Chinese models read two bytes unasked: unverified
    slip = Slip(STAR_LINE, STAR_VERBS, **values) if name in STAR else Slip(**values)
    return slip.take(stream(name))


@pytest.mark.parametrize("name", NAMES)
def test_streams_of_other_programs_print(name):
    slip = printed(name)
    assert slip.box() is not None
    drawn_as_frame = {"pdf417-code": 24}
    assert slip.press.counts["not_drawn"] == drawn_as_frame.get(name, 0)
    assert slip.unknown == FAULTS_OF_THE_WRITER.get(name, []) and slip.decoder.pending == 0
    if name in READ:
        assert set(slip.codes()) == READ[name]


def test_one_receipt_in_five_languages_prints_alike():
    """receiptline writes the same 48 columns for Citizen, Fujitsu, any printer, StarPRNT and Star's line mode."""
    names = ("rl_fit", "rl_generic", "rl_starsbcs", "rl_starlinesbcs")
    first = printed("rl_citizen").ink().crop((0, 0, 576, 190))
    assert first.getbbox() is not None
    for name in names:
        assert ImageChops.difference(first, printed(name).ink().crop((0, 0, 576, 190))).getbbox() is None, name


@pytest.mark.parametrize(("name", "codec"), [("rl_big5", "big5"), ("rl_gb18030", "gb18030"), ("rl_starmbcs2", "big5")])
def test_chinese_of_another_program_is_what_it_wrote(name, codec):
    """Against the same characters sent by hand, twice as wide and high."""
    shop = "街角咖啡".encode(codec)
    ours = Slip(kanji_codec=codec).take(b"\x1c&\x1ba\x01\x1d!\x11\x1cW\x01" + shop + b"\n").ink()
    area = (0, 0, 576, 48)
    assert ImageChops.difference(ours.crop(area), printed(name).ink().crop(area)).getbbox() is None


def test_codes_of_three_other_programs_read():
    assert set(Slip().take(stream("rpe_esc-pos")).codes()) == {
        ("EAN13", "4006381333931"), ("QRCode", "M00012345"),
    }  # fmt: skip
    expected = Slip().take(stream("rl_epson")).codes()
    assert ("EAN13", "4006381333931") in expected and len(expected) == 2
    assert Slip(STAR_LINE, STAR_VERBS).take(stream("rl_starmbcs")).codes() == expected


def test_the_two_dialects_of_one_receipt_print_alike():
    epson = Slip().take(stream("rl_epson"))
    star = Slip(STAR_LINE, STAR_VERBS).take(stream("rl_starmbcs"))
    assert epson.box() == star.box()
