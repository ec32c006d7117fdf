"""Messages and answers in a few words, for the trace."""

from loyalty.devices.wire.evolis.messages import Command, CompressedPlane, Message, Plane, Tag
from loyalty.devices.wire.evolis.replies import Ack, Answer, Nack, Reply

MEANINGS = {
    "Rtp": "which model", "Rfv": "which firmware", "Rsn": "serial number", "Rkn": "print head", "Rmb": "track read",
    "Rok": "are you there", "Rem": "error management", "Pem": "error management", "Psid": "reserve",
    "Pps": "status follows",
    "Pcim": "input tray", "Pcem": "output tray", "Si": "take a card in", "Ss": "begin a card", "Se": "print, push out",
    "Sce": "push out", "Ser": "reject", "Smr": "read the stripe", "Smw": "write the stripe", "Dm": "track to write",
    "Pmt": "track format", "Pmc": "coercivity", "Scs": "forget failures, stop waiting", "Srs": "restart",
    "Prw": "rewritable card", "Ppmode": "heat or ribbon", "Ppws": "time", "Sr": "front", "Sv": "back",
}  # fmt: skip
PANELS = {"k": "write", "o": "erase"}


def words(message: Message) -> str:
    match message:
        case Command(name):
            return f"{message} {MEANINGS.get(name, '')}".strip()
        case Plane(panel, _, dots):
            return f"Db plane {PANELS.get(panel, panel)}, {len(dots)} bytes"
        case CompressedPlane(panel, _, _, data):
            return f"Dbc plane {PANELS.get(panel, panel)}, {len(data)} bytes"
        case Tag(text):
            return f"<{text}>"
    return type(message).__name__


def words_of_answer(answer: Answer) -> str:
    match answer:
        case Reply(text, None):
            return text
        case Reply(text, status):
            told = sorted(flag for flag in status.flags if not flag.startswith("CFG")) if status else []
            return f"{text} {' '.join(told) or 'no flags'}".strip()
        case Nack(code):
            return f"NACK {code}"
        case Ack():
            return "ACK"
    return str(answer)
