"""Finds everything in loyalty.devices.wire that turns bytes of others into something, so that none is forgotten."""

import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Iterator
from types import ModuleType

from loyalty.devices import wire

_READS = re.compile(
    r"^(feed|prove|finish|token|needed|real_time)$|^(parse|decode|open|unseal|verify|from)"
    r"|(_of|_in|_way|_back|_bytes|_targets)$"
)
"""How we name what reads. Whatever else takes bytes writes them."""
_BYTES = re.compile(r"bytes|Sequence\[int\]|list\[int\]|exchange\.Command")


def modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(wire.__path__, wire.__name__ + "."):
        yield importlib.import_module(info.name)


def decoders() -> set[str]:
    """Names such as `star_tcp.codec.Decoder.feed`: public functions and methods that read bytes."""
    return {name for module in modules() for name, value in _callables(module) if _reads_bytes(name, value)}


def _callables(module: ModuleType) -> Iterator[tuple[str, object]]:
    room = module.__name__.removeprefix(wire.__name__ + ".")
    for name, value in vars(module).items():
        if getattr(value, "__module__", "") != module.__name__ or name.startswith("_"):
            continue
        if inspect.isfunction(value):
            yield f"{room}.{name}", value
        if inspect.isclass(value) and not getattr(value, "_is_protocol", False) and not inspect.isabstract(value):
            for method in dir(value):
                if not method.startswith("_") and callable(getattr(value, method)):
                    yield f"{room}.{name}.{method}", inspect.getattr_static(value, method)


def _reads_bytes(name: str, value: object) -> bool:
    function = getattr(value, "__func__", value)
    if not inspect.isfunction(function) or not _READS.search(name.rpartition(".")[2]):
        return False
    hints = typing.get_type_hints(function)
    return any(_BYTES.search(str(hints.get(name, ""))) for name in inspect.signature(function).parameters)
