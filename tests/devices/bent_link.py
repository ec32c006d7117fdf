"""A line to a card that bends what comes back: somebody in between, or a reader that lies."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager

from loyalty.devices.interfaces import CardLink

Mutate = Callable[[bytes, int], bytes]


class BentLink:
    """loyalty.devices.interfaces.CardLink; everything but answers goes through as it is."""

    def __init__(self, link: CardLink, mutate: Mutate) -> None:
        self._link, self._mutate, self._count = link, mutate, 0
        self.url = link.url

    def exchange(self, command: bytes, timeout_s: float) -> bytes:
        answer = self._mutate(self._link.exchange(command, timeout_s), self._count)
        self._count += 1
        return answer

    def alone(self, timeout_s: float) -> AbstractContextManager[None]:
        return self._link.alone(timeout_s)

    @staticmethod
    def noise(seed: int, first: int) -> Mutate:
        """From the answer `first` on, answers are cut, bent, doubled, or something else altogether."""
        chance = random.Random(seed)

        def mutate(raw: bytes, number: int) -> bytes:
            if number < first:
                return raw
            match chance.randrange(6):
                case 0:
                    return raw[: chance.randrange(len(raw) + 1)]
                case 1:
                    at = chance.randrange(len(raw))
                    return raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]
                case 2:
                    return raw[:-2] + bytes([0x91, chance.randrange(256)])
                case 3:
                    return chance.randbytes(chance.randrange(70)) + chance.choice(
                        [b"\x91\x00", b"\x91\xaf", b"\x90\x00"]
                    )
                case 4:
                    return raw[:-2] + raw
            return raw

        return mutate
