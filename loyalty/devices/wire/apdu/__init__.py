"""Commands and answers between a program and a card in a PC/SC reader, both directions; no I/O.

exchange: ISO 7816-4. atr: ISO 7816-3. storage: PC/SC part 3. acs, sle4442: what readers of ACS add.
classic, type2: what lies in MIFARE Classic, Ultralight and NTAG cards.
"""

from loyalty.devices.wire.apdu.exchange import SUCCESS, Command, Malformed, Response, meaning_of

__all__ = ["SUCCESS", "Command", "Malformed", "Response", "meaning_of"]
