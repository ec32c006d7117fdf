"""ID TECH MiniMag stripe readers: on a serial line in two of their forms, and as a USB keyboard."""

from loyalty.devices.wire.idtech.keyboard import Keys, reports
from loyalty.devices.wire.idtech.lines import FORMS, Decoder, Manner, Passed, encode

__all__ = ["FORMS", "Decoder", "Keys", "Manner", "Passed", "encode", "reports"]
