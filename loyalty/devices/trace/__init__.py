"""What passed between a driver and its device, with its meaning: kept in a ring, shown, exported, hidden where private.

rows: one piece of the conversation and its forms | ring: the last of them | telling: bytes -> messages, by driver |
hiding: what concerns a person | files: traces on disk.
"""

from loyalty.devices.trace.files import read_trace, write_trace
from loyalty.devices.trace.ring import Trace
from loyalty.devices.trace.rows import Header, Row

__all__ = ["Header", "Row", "Trace", "read_trace", "write_trace"]
