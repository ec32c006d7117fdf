import sys
from contextlib import suppress
from types import FrameType, TracebackType

import pytest

from tests.whole_tracebacks import mend


def _frame_with_a_gap() -> FrameType:
    with suppress(KeyError):  # its leaving has instructions that belong to no line
        return sys._getframe()


def test_an_entry_without_a_line_gets_its_functions_first():
    frame = _frame_with_a_gap()
    nowhere = next(start for start, _, line in frame.f_code.co_lines() if line is None)
    error = ValueError("struck between two lines").with_traceback(TracebackType(None, frame, nowhere, -1))
    assert error.__traceback__.tb_lineno in (None, -1), "what pytest stumbles over"
    mend(error)
    assert error.__traceback__.tb_lineno == frame.f_code.co_firstlineno
    assert error.__traceback__.tb_frame is frame


def test_the_error_behind_the_error_is_mended_too():
    with pytest.raises(RuntimeError) as caught:
        try:
            raise KeyError("first")
        except KeyError as first:
            raise RuntimeError("second") from first
    lines = [caught.value.__traceback__.tb_lineno, caught.value.__cause__.__traceback__.tb_lineno]
    mend(caught.value)
    assert [caught.value.__traceback__.tb_lineno, caught.value.__cause__.__traceback__.tb_lineno] == lines
