"""The pages for people: links lead somewhere, examples are read and run by the real engine, commands exist."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from loyalty.cli.main import loyalty
from loyalty.points import yaml_core
from loyalty.points.read_programme import read_text, read_value
from loyalty.scenarios.backend import EngineBackend
from loyalty.scenarios.reader import read_file
from loyalty.scenarios.runner import run
from tests.source_files import files_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(ROOT / name for name in files_of(ROOT) if name.endswith(".md") and "/vendor/" not in name)
RULE_PAGES = [ROOT / "docs" / "programme.md", ROOT / "docs" / "scenarios.md"]
MARKS = {"programme", "scenario", "addition"}
"""`addition` is laid over the page's first whole programme, key by key."""


class Block(NamedTuple):
    page: Path
    line: int
    mark: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks_of(page: Path) -> Iterator[Block]:
    """The fenced YAML blocks of a page; `line` is that of the fence."""
    text = page.read_text("utf-8")
    for found in re.finditer(r"^```yaml *([^\n]*)\n(.*?)^```$", text, re.M | re.S):
        yield Block(page, text.count("\n", 0, found.start()) + 1, found[1].strip(), found[2])


def anchors_of(page: Path) -> set[str]:
    """The places in a page that can be linked to, as code hosts name them."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)
    titles = re.findall(r"^#+ +(.+)$", prose, re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(page: Path) -> list[str]:
    """Relative links of a page that lead to no file, or to no title in it."""
    prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.M | re.S)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    return broken


def commands_of(page: Path) -> list[str]:
    """Each `loyalty …` on a page: in backticks, or at the start of a line or after a pipe in a fenced block."""
    text = page.read_text("utf-8")
    start = r"^(?:\$ |ExecStart=|.*\| )?(?:[\w./-]*/)?loyalty( [a-z].*)$"
    fences = "\n".join(re.findall(r"^```.*?^```$", text, re.M | re.S))
    shown = re.findall(start, fences, re.M)
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return [line.strip() for line in [*shown, *re.findall(r"`(?:\S*/)?loyalty( [a-z][^`]+)`", prose)]]


def name_and_options(words: list[str]) -> tuple[list[str], list[str]]:
    """As many of `words` as name a command, and the options after them; the rest are arguments and output."""
    found: list[str] = []
    command: Any = loyalty
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):  # some groups run by themselves
            break
        found.append(word.rstrip(":,"))
        command = command.get_command(click.Context(command), found[-1])
    passed_on = found[:1] == ["simulate"]  # its options are another program's
    return found, [] if passed_on else [word for word in words if word.startswith("--")]


RULES = [block for page in RULE_PAGES for block in blocks_of(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_titles(page: Path) -> None:
    assert broken_links(page) == []


def test_every_yaml_block_says_how_it_is_tried() -> None:
    assert [block.name for block in RULES if block.mark not in MARKS] == []
    assert len(RULES) > 10


@pytest.mark.parametrize("block", [b for b in RULES if b.mark == "programme"], ids=lambda block: block.name)
def test_whole_programmes_can_be_used(block: Block) -> None:
    programme, _ = read_text(block.text)
    assert programme.wallets


@pytest.mark.parametrize("block", [b for b in RULES if b.mark == "addition"], ids=lambda block: block.name)
def test_additions_fit_into_the_first_programme(block: Block) -> None:
    first = next(b for b in RULES if b.mark == "programme")
    base: Mapping[str, Any] = yaml_core.load(first.text).value
    read_value({**base, **yaml_core.load(block.text).value})


@pytest.mark.parametrize("block", [b for b in RULES if b.mark == "scenario"], ids=lambda block: block.name)
def test_scenarios_hold(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(block.text, "utf-8")
    scenarios = read_file(file)
    assert scenarios and all(scenario.steps or scenario.expect_error for scenario in scenarios)
    assert [outcome.as_json() for each in scenarios if not (outcome := run(each, EngineBackend())).passed] == []


@pytest.mark.parametrize("line", sorted({line for page in PAGES for line in commands_of(page)}))
def test_commands_exist(line: str) -> None:
    name, options = name_and_options(line.split())
    answer = CliRunner().invoke(loyalty, [*name, "--help"], prog_name="loyalty")
    assert answer.exit_code == 0, answer.output
    assert [option for option in options if option not in answer.output] == []


def words_of(language: str) -> dict[str, str]:
    """Every text on screens in one language, by its key (counter) or its English (back office)."""
    counter = json.loads((ROOT / "loyalty" / "counter" / "words" / f"{language}.json").read_text("utf-8"))
    folder = ROOT / "loyalty" / "web" / "translations" / language.replace("-", "_") / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        office = {str(message.id): str(message.string) for message in read_po(file)}
    return {**{f"counter:{key}": str(text) for key, text in counter.items()}, **office}


def glossary_pairs() -> list[tuple[str, str, str]]:
    """(English, 繁體, 简体) of every row; the last table has a second pair in its columns four and five."""
    found = []
    for line in (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] not in ("English", "---"):
            found.append((cells[0], cells[1], cells[2]))
            found += [(cells[0], cells[3], cells[4])] if len(cells) == 5 else []
    return found


def test_words_of_the_glossary_are_the_words_on_the_screens() -> None:
    hant, hans = words_of("zh-Hant"), words_of("zh-Hans")
    missing = [
        (english, traditional, simplified)
        for english, traditional, simplified in glossary_pairs()
        if not any(traditional in text and simplified in hans.get(key, "") for key, text in hant.items())
    ]
    assert missing == []
    assert len(glossary_pairs()) > 50
