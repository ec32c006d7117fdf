"""A time limit may strike between two lines; Python then knows no line number, and pytest breaks off the whole run."""

from types import TracebackType
from typing import Any

import pytest


def with_lines(entry: TracebackType | None) -> TracebackType | None:
    """The same traceback, in which an entry without a line number stands at its function's first line."""
    if entry is None:
        return None
    line: int | None = entry.tb_lineno  # None, or with older Pythons -1, where the instruction belongs to no line
    if line is None or line < 1:
        line = entry.tb_frame.f_code.co_firstlineno
    return TracebackType(with_lines(entry.tb_next), entry.tb_frame, entry.tb_lasti, line)


def mend(error: BaseException | None) -> None:
    """Gives the error, and those it came from, tracebacks that pytest can print."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = with_lines(error.__traceback__)
        error = error.__cause__ or error.__context__


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
    if call.excinfo is not None:
        mend(call.excinfo.value)
        call.excinfo = pytest.ExceptionInfo.from_exception(call.excinfo.value)
