"""What a trace may show of a stripe reader's line: at most six digits in a row, and of raw tracks nothing."""

from collections.abc import Callable, Sequence

from loyalty.contract.bank_card import DigitMask

_BEGINNING = 3
"""A command stands within so many bytes, behind the one byte that some USB models put before it."""


class StripeTrace:
    """A listener before another one. Bytes may come in any pieces from the device; the host writes whole commands.

    hidden_after: commands behind which the device's bytes are not text, so that digits cannot be told from others;
    with an empty one nothing is ever shown but lengths.
    """

    def __init__(self, listener: Callable[[str, bytes], None], hidden_after: Sequence[bytes]) -> None:
        self._listener, self._hidden_after = listener, tuple(hidden_after)
        self._hidden = b"" in self._hidden_after
        self._masks = {"host": DigitMask(), "device": DigitMask()}

    def __call__(self, speaker: str, data: bytes) -> None:
        if speaker == "host":
            self._hidden = any(command in data[:_BEGINNING] for command in self._hidden_after)
            shown = data[:_BEGINNING] if self._hidden else b""
        else:
            shown = b""
        rest = data[len(shown) :]
        self._listener(speaker, shown + (b"*" * len(rest) if self._hidden else self._masks[speaker].feed(rest)))
