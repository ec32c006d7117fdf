"""A unit at the other end of the line: commands carried out or failed, sensors, buffers."""

import contextlib

from loyalty.devices.drivers.star_tcp.link import Link
from loyalty.devices.drivers.star_tcp.troubles import Troubles
from loyalty.devices.interfaces import CardPosition, Transport
from loyalty.devices.profiles import Profile
from loyalty.devices.wire.star_tcp import control, face
from loyalty.devices.wire.star_tcp.block import Command, Response
from loyalty.errors import CardJam, DeviceError, Garbled, NeedsRepair, NoAnswer, NoCard


class Unit:
    """One command at a time; the printer sees to that."""

    def __init__(self, transport: Transport, profile: Profile) -> None:
        self.link = Link(transport, profile)
        self._troubles = Troubles(profile)
        self.fault: DeviceError | None = None
        """The last failure that only a person can mend; the unit's own status does not tell it."""

    def do(self, command: Command, *, once: bool = False) -> Response:
        """The response of a command that was carried out; the error that its status stands for otherwise."""
        response = self.link.ask(command, once=once)
        self.judge(response)
        return response

    def work(self, command: Command) -> None:
        """A command that works on the card, must not run twice, and would wait for a card without end."""
        try:
            self.do(command, once=True)
        except NoAnswer:
            with contextlib.suppress(DeviceError):
                self.link.cancel_wait(command.code)
            raise

    def judge(self, response: Response) -> None:
        try:
            self._troubles.check(response)
        except (CardJam, NeedsRepair) as error:
            self.fault = error
            raise

    def clear(self) -> None:
        """Empty both print buffers; nothing else does."""
        self.do(face.ClearText())
        self.do(face.ClearRaster())

    def sensors(self) -> control.Sensors:
        response = self.do(control.SensorStatus())
        try:
            return control.Sensors.parse(response.data)
        except ValueError as error:
            raise Garbled(f"The unit's sensor status makes no sense: {error}.") from error

    def position(self) -> CardPosition:
        sensors = self.sensors()
        if sensors.inlet == 2:
            return CardPosition.REMOVAL_WAIT
        if any(sensors.inside):
            return CardPosition.INSIDE
        return CardPosition.INLET if sensors.inlet else CardPosition.NONE

    def push_out(self) -> None:
        """Nothing when there is no card."""
        if self.position() in (CardPosition.INSIDE, CardPosition.INLET):
            with contextlib.suppress(NoCard):  # somebody was quicker
                self.do(control.EjectCard())

    def need_card(self) -> None:
        """NoCard unless there is one to work on, so that no command is left waiting for it."""
        position = self.position()
        if position is CardPosition.REMOVAL_WAIT:
            raise NoCard("The card has been pushed out.", advice="Take the card out and put it in again.")
        if position is CardPosition.NONE:
            raise NoCard()
