"""The font is found or its absence is explained, and no character is ever drawn as a box."""

import struct

import pytest

from loyalty.errors import ConfigError
from loyalty.printing import fonts
from loyalty.printing.fonts import GlyphMissing, find_font, typeface
from loyalty.printing.glyphs import read_coverage

NAMES = "啲嘢喺咗堃喆龘額积龥陳文＊，。「」Nguyễn Łódź".replace("Łódź", "Éloïse")


@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hant-TW", "zh-Hans", "zh-Hans-CN"])
def test_names_of_all_our_shops_have_shapes(language):
    assert typeface(language).missing_glyphs(NAMES) == ""


def test_faces_follow_the_language():
    faces = [typeface(language).face for language in ("zh-Hans", "zh-Hant-TW", "zh-Hant", "zh-Hant-HK", "en")]
    assert faces == [2, 3, 4, 4, 4]
    assert typeface("zh-Hans", mono=True).face == 7


def test_missing_characters_are_named_once_in_order():
    assert typeface("en").missing_glyphs("a🍕b𠮶c🍕") == "🍕𠮶"


def test_require_says_which_character_and_what_to_do():
    with pytest.raises(GlyphMissing, match=r"^The font has no shape for 𠮶 \(U\+20BB6\); write the text without it"):
        typeface("zh-Hant").require("𠮶")


def test_invisible_characters_are_not_missing():
    assert typeface("en").require("a\u200db\ufe0f\n c") == "ab c"


def test_decomposed_accents_are_composed_first():
    assert typeface("en").require("E\u0301loise") == "Éloise"


def test_figures_all_have_one_width():
    font = typeface("en").at(40)
    assert len({font.getlength(figure) for figure in "0123456789"}) == 1


def test_a_setting_that_names_no_file_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.ttc' is no file"):
        find_font(tmp_path / "nowhere.ttc")


def test_a_setting_wins(tmp_path):
    own = tmp_path / "own.ttc"
    own.symlink_to(find_font())
    assert find_font(own) == own
    assert typeface("en", str(own)).missing_glyphs("文") == ""


def test_without_any_font_the_sentence_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "DEBIAN", tmp_path / "none.ttc")
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"apt install fonts-noto-cjk.*loyalty\[cjk\]"):
        find_font()


def test_a_file_that_is_no_font_is_explained(tmp_path):
    text = tmp_path / "font.ttc"
    text.write_bytes(b"\x00\x01\x00\x00" + struct.pack(">HHHH", 0, 0, 0, 0))
    with pytest.raises(ConfigError, match="has no cmap table"):
        typeface("en", text)


def test_coverage_knows_both_ends_of_a_range():
    coverage = read_coverage(find_font(), 4)
    assert ord("A") in coverage and ord("龥") in coverage
    assert 0x10FFFF not in coverage and 0 not in coverage
