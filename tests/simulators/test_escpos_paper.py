"""What the simulated receipt printer puts on paper, dot by dot."""

import pytest
from PIL import Image

from loyalty.devices.wire.escpos.star_line import STAR_LINE
from loyalty.devices.wire.escpos.tables import ESCPOS as ESCPOS_CODES
from simulators.paper.roll import Paper
from simulators.paper.star import STAR
from simulators.paper.verbs import ESCPOS, SILENT
from tests.simulators.escpos_slip import CELL, Slip

# -- text --------------------------------------------------------------------------------------------------------------


def test_a_line_of_48_fits_and_the_49th_goes_to_the_next():
    assert Slip().take(b"M" * 48 + b"\n").paper.height == 30
    assert Slip().take(b"M" * 49 + b"\n").paper.height == 60


@pytest.mark.parametrize(("bits", "wide", "high"), [(0x00, 1, 1), (0x11, 2, 2), (0x70, 8, 1), (0x07, 1, 8)])
def test_sizes_multiply_the_cell(bits, wide, high):
    slip = Slip().take(b"\x1d!" + bytes((bits,)) + "█".encode("cp437") + b"\n")
    left, top, right, bottom = slip.box()
    assert (right - left, bottom - top) == (CELL * wide, pytest.approx(24 * high, abs=3 * high))


@pytest.mark.parametrize(("where", "left"), [(0, 0), (1, (576 - 24) // 2), (2, 576 - 24)])
def test_lines_are_aligned(where, left):
    slip = Slip().take(b"\x1ba" + bytes((where,)) + "██".encode("cp437") + b"\n")
    assert slip.box()[0] == left


def test_white_on_black_and_underline():
    black = Slip().take(b"\x1dB\x01 \n").box()
    assert (black[2] - black[0], black[3] - black[1]) == (12, 24)
    line = Slip().take(b"\x1b-\x02  \n").box()
    assert (line[2] - line[0], line[3] - line[1]) == (24, 2)


def test_bold_is_heavier():
    def ink(data):
        return Slip().take(data + b"Total\n").ink().histogram()[255]

    assert ink(b"\x1bE\x01") > 1.1 * ink(b"")


def test_positions_and_tabs_move_right():
    assert Slip().take(b"\x1b$\x64\x00" + "█\n".encode("cp437")).box()[0] == 100
    assert Slip().take(b"\t" + "█\n".encode("cp437")).box()[0] == 8 * CELL
    assert Slip().take(b"\x1bD\x05\x00\t" + "█\n".encode("cp437")).box()[0] == 5 * CELL


def test_margins_bound_the_line():
    assert Slip().take(b"\x1dL\x30\x00" + "█\n".encode("cp437")).box()[0] == 48
    assert Slip().take(b"\x1dW\x78\x00" + b"M" * 11 + b"\n").paper.height == 60


def test_spacing_is_what_was_set():
    assert Slip().take(b"\x1b3\x40\n\n").paper.height == 128
    assert Slip().take(b"\x1b3\x40\x1b2\n").paper.height == 30
    assert Slip().take(b"\x1bJ\x50").paper.height == 80
    assert Slip().take(b"\x1bd\x03").paper.height == 90


def test_initialise_forgets_the_line_and_the_style():
    assert Slip().take(b"\x1d!\x77lost\x1b@").box() is None
    assert Slip().take(b"\x1d!\x77\x1b@M\n").paper.height == 30


def test_code_pages_choose_the_character():
    euro = Slip().take(b"\x1bt\x13\xd5\n").ink()  # PC858
    assert euro.getbbox() is not None
    assert euro.tobytes() != Slip().take(b"\x1bt\x00\xd5\n").ink().tobytes()  # PC437: a box sign


@pytest.mark.parametrize("codec", ["gb18030", "big5"])
def test_chinese_is_two_columns_wide_in_kanji_mode(codec):
    block = "\u2588".encode("cp437")
    slip = Slip(kanji_codec=codec).take(b"\x1c&" + "茶".encode(codec) + b"\x1c." + block + b"\n")
    ink = slip.ink()
    assert ink.crop((2, 0, 22, 24)).getbbox() is not None  # the character
    assert ink.getbbox()[2] == 3 * CELL


def test_outside_kanji_mode_chinese_bytes_are_single_signs():
    assert Slip().take("茶".encode("gb18030") + b"\n").box()[2] <= 2 * CELL


def test_a_chinese_printer_eats_the_accents_of_a_program_that_forgot_fs_point():
    text = "caf\x82 ol".encode("latin-1") + b"\n"  # é in PC437
    latin = Slip().take(text).ink().tobytes()
    assert Slip(kanji_at_reset=True).take(text).ink().tobytes() != latin
    assert Slip(kanji_at_reset=True).take(b"\x1c." + text).ink().tobytes() == latin


def test_a_chinese_character_split_between_two_pieces_is_one_character():
    whole = Slip(kanji_at_reset=True).take("茶x".encode("gb18030") + b"\n").ink().tobytes()
    split = Slip(kanji_at_reset=True)
    for byte in "茶x".encode("gb18030") + b"\n":
        split.take(bytes((byte,)))
    assert split.ink().tobytes() == whole


# -- pictures ----------------------------------------------------------------------------------------------------------

CHEVRON = bytes((0x81, 0x42, 0x24, 0x18))


def dots(slip: Slip, width: int, height: int) -> list[str]:
    ink = slip.ink()
    return ["".join("#" if ink.getpixel((x, y)) else "." for x in range(width)) for y in range(height)]


CHEVRON_DOTS = ["#......#", ".#....#.", "..#..#..", "...##..."]


def test_raster_rows_are_dots_from_the_left():
    assert dots(Slip().take(b"\x1dv0\x00\x01\x00\x04\x00" + CHEVRON), 8, 4) == CHEVRON_DOTS


def test_raster_modes_double_width_and_height():
    slip = Slip().take(b"\x1dv0\x03\x01\x00\x04\x00" + CHEVRON)
    assert dots(slip, 16, 8)[::2] == ["".join(sign * 2 for sign in row) for row in CHEVRON_DOTS]


def test_graphics_are_stored_then_printed():
    body = b"0p0\x01\x011\x08\x00\x04\x00" + CHEVRON
    slip = Slip().take(b"\x1d(L" + len(body).to_bytes(2, "little") + body)
    assert slip.box() is None
    assert dots(slip.take(b"\x1d(L\x02\x0002"), 8, 4) == CHEVRON_DOTS


def test_large_graphics_say_their_length_in_four_bytes():
    body = b"0p0\x01\x011\x08\x00\x04\x00" + CHEVRON
    slip = Slip().take(b"\x1d8L" + len(body).to_bytes(4, "little") + body + b"\x1d(L\x02\x0002")
    assert dots(slip, 8, 4) == CHEVRON_DOTS


def test_columns_of_24_dots_run_downwards():
    slip = Slip().take(b"\x1b*\x21\x02\x00" + b"\x80\x00\x01" + b"\x01\x00\x80" + b"\n")
    drawn = dots(slip, 2, 24)
    assert [y for y in range(24) if drawn[y][0] == "#"] == [0, 23]
    assert [y for y in range(24) if drawn[y][1] == "#"] == [7, 16]


# -- paper -------------------------------------------------------------------------------------------------------------


def marked(paper: Paper, rows: int) -> None:
    paper.stamp(Image.new("1", (paper.dots, rows), 1))


def test_the_knife_stands_above_the_head():
    paper = Paper(8, 8, knife_rows=10)
    marked(paper, 30)
    paper.cut()
    paper.feed(5)
    assert paper.image().height == 35
    marked(paper, 20)
    paper.cut()
    marked(paper, 20)
    paper.cut()
    assert paper.image().height == 30  # from the second cut on: 10 above the third knife line are already the next slip


def test_a_cut_through_blank_paper_is_no_slip():
    paper = Paper(8, 8, knife_rows=0)
    marked(paper, 30)
    paper.cut()
    paper.feed(50)
    paper.cut()
    assert paper.image().height == 80


def test_old_paper_is_thrown_away():
    paper = Paper(576, 8, knife_rows=0)
    for _ in range(50):
        marked(paper, 100)
        paper.cut()
    assert paper.height <= 300
    assert paper.rows_printed == 5000


def test_every_known_command_has_a_verb_or_is_left_out_on_purpose():
    named = {layout.name for layout in ESCPOS_CODES.values()}
    left_out = {
        "define glyphs", "own glyphs on", "cancel glyph", "define kanji", "cancel kanji", "store pictures",
        "print stored picture", "page mode", "page direction", "page area", "page vertical", "page relative", "turn",
        "macro", "run macro", "counter", "print counter", "maintenance counter", "back dots", "back lines",
    }  # fmt: skip
    assert named - set(ESCPOS) == left_out
    assert set(SILENT) <= named
    assert {layout.name for layout in STAR_LINE.values()} == set(STAR)
