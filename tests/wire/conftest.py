"""The table of golden vectors at the end of a run of this folder alone."""

from pathlib import Path

from tests.wire.vectors import table


def pytest_terminal_summary(terminalreporter, config):
    here = Path(__file__).parent
    if {Path(str(arg).partition("::")[0]).resolve() for arg in config.args} == {here}:
        terminalreporter.section("golden vectors")
        for line in table():
            terminalreporter.write_line(line)
