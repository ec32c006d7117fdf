"""The conformance run: 8 to 12 named steps for each role, the same on hardware and on simulators.

One file per role holds its steps; `run_check` goes through those of a profile's roles and gives a Report. What needs a
person is asked of Hands: somebody at the device, or a simulator's control interface.
"""

from loyalty.devices.check.hands import Hands, PersonHands, SimulatorHands
from loyalty.devices.check.report import Report, StepResult
from loyalty.devices.check.run import run_check, steps_of

__all__ = ["Hands", "PersonHands", "Report", "SimulatorHands", "StepResult", "run_check", "steps_of"]
