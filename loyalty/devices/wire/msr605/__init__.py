"""The command language of the MSR605 family of stripe readers and writers."""

from loyalty.devices.wire.msr605.answers import (
    BAD,
    AnswerDecoder,
    BitsSet,
    Coercivity,
    Firmware,
    IsoTracks,
    LeadingZeros,
    LinkGood,
    Malformed,
    Model,
    RawTracks,
    Status,
)
from loyalty.devices.wire.msr605.commands import (
    CommandDecoder,
    CommTest,
    Erase,
    GetCoercivity,
    GetFirmware,
    GetLeadingZeros,
    GetModel,
    Lights,
    RamTest,
    ReadIso,
    ReadRaw,
    Reset,
    SensorTest,
    SetBits,
    SetCoercivity,
    SetDensity,
    SetLeadingZeros,
    Unknown,
    WriteIso,
    WriteRaw,
    encode,
)

__all__ = [
    "BAD", "AnswerDecoder", "BitsSet", "Coercivity", "CommTest", "CommandDecoder", "Erase", "Firmware", "GetCoercivity",
    "GetFirmware", "GetLeadingZeros", "GetModel", "IsoTracks", "LeadingZeros", "Lights", "LinkGood", "Malformed",
    "Model", "RamTest", "RawTracks", "ReadIso", "ReadRaw", "Reset", "SensorTest", "SetBits", "SetCoercivity",
    "SetDensity", "SetLeadingZeros", "Status", "Unknown", "WriteIso", "WriteRaw", "encode",
]  # fmt: skip
