"""ESC/POS, the language of receipt printers: messages, encode, decode, status. No I/O, no clock.

host -> printer   encode.py writes, decoder.py reads (tables.py says which codes there are)
printer -> host   answers.py, both directions
"""

from loyalty.devices.wire.escpos import answers, encode
from loyalty.devices.wire.escpos.answers import Answer, Demultiplexer
from loyalty.devices.wire.escpos.decoder import Decoder, RealTimeEar
from loyalty.devices.wire.escpos.messages import Command, Message, Printable, RealTime, Unknown, number

__all__ = ["Answer", "Command", "Decoder", "Demultiplexer", "Message", "Printable", "RealTime", "RealTimeEar",
           "Unknown", "answers", "encode", "number"]  # fmt: skip
