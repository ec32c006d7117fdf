"""Cards of a shop for tests of the DESFire's and the NTAG 424's driver: their keys, files and memory."""

from loyalty.devices.drivers.pcsc.marks import DesfirePlace
from loyalty.devices.wire.apdu.authentication import Way
from loyalty.devices.wire.apdu.file_settings import Access
from loyalty.devices.wire.apdu.mark import sealed

SHOP = 0xF48120
READ, SPEND, ISSUE = 1, 2, 3
FACTORY, META, FILE = bytes(16), b"meta key of shop", b"file key of shop"
ADDRESS = "https://example.org/c?picc_data={picc}&cmac={mac}"
KEYS = [bytes([number]) * 16 for number in range(4)]
SEAL = b"seals the marks!"
BALANCE, MARK, NOTES = 1, 2, 3
RIGHTS, DATA_RIGHTS = Access(READ, SPEND, ISSUE, 0), Access(READ, SPEND, SPEND, 0)
PLACE = DesfirePlace(SHOP, MARK, SPEND, KEYS[SPEND])


def shop_card(mode=3, value=100, mark=None, uid="04A1B2C3D4E5F6", **more):
    """Memory of a DESFire with a balance (limits 0 to 1000), a mark and a standard file."""
    raw = sealed(SEAL, bytes.fromhex(uid), mark) if mark is not None else bytes(16)
    access, data = ("".join(f"{key:X}" for key in rights) for rights in (RIGHTS, DATA_RIGHTS))
    files = {
        BALANCE: {"kind": "value", "mode": mode, "access": access, "lower": 0, "upper": 1000, "value": value,
                  "limited": True},
        MARK: {"kind": "backup", "mode": mode, "access": data, "data": raw.hex()},
        NOTES: {"kind": "standard", "mode": mode, "access": data, "data": "00" * 200},
    }  # fmt: skip
    application = {"keys": [key.hex() for key in KEYS], "files": {str(number): file for number, file in files.items()}}
    return {"applications": {f"{SHOP:06X}": application}, **more}


def opened(desk, key=SPEND, way=Way.EV1):
    """The card on the desk, its session open with one of KEYS."""
    card = desk.reader.desfire()
    card.select(SHOP)
    card.authenticate(key, KEYS[key], way)
    return card


def signing(desk):
    """A tag that got the shop's keys 1 and 2 and signs its address; its layout."""
    desk.tap(kind="ntag424")
    tag = desk.reader.ntag424()
    tag.authenticate(0, FACTORY)
    tag.change_key(1, META, FACTORY)
    tag.change_key(2, FILE, FACTORY)
    return tag, tag.sign_address(ADDRESS, 1, 2)


def leave_and_come(desk):
    desk.see_gone_and_back()
    return desk.reader.ntag424()
