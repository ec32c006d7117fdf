"""Three languages: chosen by script, complete in every catalogue, and kept when somebody chooses by hand."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from loyalty.web import i18n

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "loyalty" / "web" / "translations"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
LANGUAGES = ("zh_Hant", "zh_Hans")


def catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def sentences() -> set[str | tuple[str, ...]]:
    """All that stands in code and templates, as `pybabel extract` finds it."""
    with (CATALOGUES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT / "loyalty", _below_root(methods), options_map=options, keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found}


def _below_root(methods):
    return [(pattern.removeprefix("loyalty/"), method) for pattern, method in methods]


def test_there_is_something_to_translate(sentences):
    assert len(sentences) > 300 and "Explain" in sentences


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing_and_none_is_left_over(language, sentences):
    known = {message.id: message.string for message in catalogue(language) if message.id}
    assert sentences - known.keys() == set()
    assert known.keys() - sentences == set()
    empty = [id for id, said in known.items() if not (said if isinstance(said, str) else all(said))]
    assert empty == []
    assert not any(message.fuzzy for message in catalogue(language) if message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_those_of_the_sentence(language):
    for message in catalogue(language):
        if not message.id:
            continue
        one = message.id if isinstance(message.id, str) else message.id[-1]
        said = message.string if isinstance(message.string, str) else message.string[0]
        assert set(re.findall(r"%\(\w+\)s", one)) == set(re.findall(r"%\(\w+\)s", said)), one


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language):
    fresh = io.BytesIO()
    write_mo(fresh, catalogue(language))
    kept = (CATALOGUES / language / "LC_MESSAGES" / "messages.mo").read_bytes()
    assert kept == fresh.getvalue(), "run: pybabel compile -d loyalty/web/translations"


def test_each_script_keeps_to_its_own_characters():
    """Characters that exist in one script only never stand in the other's catalogue."""
    only_hant, only_hans = set("會員編號電郵碼積獎賞級別錯誤這裡請輸"), set("会员编号电邮码积奖赏级别错误这里请输")
    said = {language: "".join(str(message.string) for message in catalogue(language)) for language in LANGUAGES}
    assert not (only_hans - only_hant) & set(said["zh_Hant"])
    assert not (only_hant - only_hans) & set(said["zh_Hans"])


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        *(
            (tag, "zh_Hant")
            for tag in ("zh-HK", "zh-TW", "zh-MO", "zh-Hant", "zh-Hant-CN", "zh-Hant-HK", "yue", "yue-HK")
        ),
        *((tag, "zh_Hans") for tag in ("zh-CN", "zh-SG", "zh-Hans", "zh-Hans-HK", "zh", "cmn", "yue-Hans")),
        *((tag, "en") for tag in ("en", "en-GB", "en-HK")),
        *((tag, None) for tag in ("fr", "ja", "zh-Latn", "*", "", "nonsense-", "x" * 300)),
    ],
)
def test_the_script_decides(asked, language):
    assert i18n.catalogue_for(asked) == language


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("fr,zh-TW;q=0.8,en;q=0.5", "zh-Hant"),
        ("fr,de", "en"),
        ("en-GB,zh-HK;q=0.9", "en"),
        ("zh-HK;q=0,en", "en"),
        ("", "en"),
    ],
)
def test_a_browser_is_answered_in_a_language_that_its_reader_reads(visitor, header, shown):
    page = visitor.client.get("/login", headers={"Accept-Language": header}).text
    assert f'<html lang="{shown}">' in page


def test_the_log_in_refuses_in_the_readers_language(visitor):
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-HK"
    assert "電郵與密碼不相符" in visitor.log_in("nobody@harbour.example").text


def test_a_choice_is_kept_and_leads_back(admin):
    answer = admin.post("/language", language="zh_Hant", back="/members?sort=name")
    assert (answer.status_code, answer.location) == (303, "/members?sort=name")
    page = admin.get("/members").text
    assert '<html lang="zh-Hant">' in page and ">會員<" in page and ">Members<" not in page


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_choice_never_leads_elsewhere(admin, back):
    assert admin.post("/language", language="zh_Hans", back=back).location == "/"


def test_an_unknown_language_is_refused(admin):
    assert admin.post("/language", language="tlh", back="/").status_code == 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_english_is_left_on_any_page(admin, shop, language):
    """Whatever stands in the English pages as a sentence of ours must be gone in the others."""
    admin.post("/language", language=language, back="/")
    id = shop.harbour.members["陳大文"]
    ours = {id for message in catalogue(language) for id in [message.id] if isinstance(id, str) and len(id.split()) > 2}
    for path in (
        "/home",
        "/members",
        f"/members/{id}",
        "/members/new",
        "/work",
        "/programme",
        "/help",
        "/figures/sales",
    ):
        page = admin.get(path).text
        left = [sentence for sentence in ours if "%(" not in sentence and f">{sentence}<" in page]
        assert left == [], path
