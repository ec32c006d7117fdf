"""The chip in a card that was taken in, told once when it is seen and once when it is gone."""

from loyalty.contract.token import Token
from loyalty.devices.drivers.easyprinter.link import Link
from loyalty.devices.interfaces import Gone, Reading, Seen


class Chip:
    def __init__(self) -> None:
        self._token: Token | None = None
        self._looked = False
        """Somebody has looked for a chip in the card inside."""

    def look(self, link: Link) -> Reading | None:
        """What has changed; a card is asked once, and one without a chip says nothing."""
        if not link.sure_state().card_inside:
            token, self._token, self._looked = self._token, None, False
            return Gone(token) if token else None
        if self._looked:
            return None
        uid = link.uid()
        self._looked, self._token = True, Token("card_uid", uid) if uid else None
        return Seen(self._token) if self._token else None
