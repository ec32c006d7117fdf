"""What passed on the line, in words, for the trace."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from loyalty.devices.wire.easyprinter.messages import Column, Message, Plain, Text, Unknown, encode
from loyalty.devices.wire.easyprinter.replies import Reply, State


def rows_of(messages: Iterable[Message]) -> Iterator[tuple[bytes, str]]:
    """Bytes and words of each message; columns that follow one another make one row."""
    for columns, group in groupby(messages, lambda each: isinstance(each, Column)):
        each = list(group)
        if columns:
            yield b"".join(map(encode, each)), f"Column, {len(each)} of them"
        else:
            yield from ((_bytes_of(message), words_of(message)) for message in each)


def words_of(message: Message) -> str:
    if isinstance(message, Plain):
        return message.name
    if isinstance(message, Unknown):
        return f"not understood: {message.data!r}"
    return str(message)


def reply_words(reply: Reply) -> str:
    if not isinstance(reply, State):
        return str(reply)
    bits = [name for name, is_set in vars(reply).items() if is_set]
    return f"state {reply.byte:02X}h: {', '.join(bits) or 'nothing'}"


def _bytes_of(message: Message) -> bytes:
    """A text may hold control characters that a host of ours would not send."""
    return message.text.encode("latin-1") if isinstance(message, Text) else encode(message)
