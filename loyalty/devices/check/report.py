"""What a conformance run found: values, and how they are written for people and programs."""

from dataclasses import asdict, dataclass
from datetime import datetime
from html import escape
from typing import Any

HELD, FAILED, SKIPPED = "held", "failed", "skipped"
NOT_TRIED = "not_tried"
"""Cause of a step left out because an earlier one failed."""
_MARKS = {HELD: "ok    ", FAILED: "FAILED", SKIPPED: "--    "}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#14202b;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #e3e0d8;padding:6px;text-align:left;"
    "vertical-align:top}.failed td:first-child{color:#b42318;font-weight:600}.skipped{color:#5b6670}"
    ".simulated{border:4px dashed #b45309;padding:4px 12px;font-weight:600}"
)


@dataclass(frozen=True)
class StepResult:
    """One step. `cause` is a code of loyalty.errors or of this check, empty when the step held."""

    role: str
    name: str
    title: str
    result: str
    expected: str
    seen: str
    advice: str = ""
    cause: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Report:
    """All steps of one run, in their order. `answer`: what the device said of itself, or empty."""

    profile: str
    vendor: str
    model: str
    port: str
    simulated: bool
    at: datetime
    answer: str
    unverified: tuple[str, ...]
    steps: tuple[StepResult, ...]

    @property
    def held(self) -> bool:
        """Nothing failed and something was tried."""
        results = {step.result for step in self.steps}
        return FAILED not in results and HELD in results

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat(timespec="seconds"), "held": self.held}

    def to_text(self) -> str:
        """For a terminal or a printer."""
        lines = [*self._head(), ""]
        role = ""
        for step in (step for step in self.steps if step.cause != NOT_TRIED):
            if step.role != role:
                role = step.role
                lines.append(role.replace("_", " ") if role else "every device")
            lines += _lines_of(step)
        if missed := [step for step in self.steps if step.cause == NOT_TRIED]:
            lines.append(f"  --      {len(missed)} further steps were {missed[0].seen}")
        return "\n".join([*lines, "", self.verdict()]) + "\n"

    def to_html(self) -> str:
        """A page of its own, to be kept or printed."""
        rows = "".join(
            f'<tr class="{step.result}"><td>{escape(step.result)}</td><td>{escape(step.role.replace("_", " "))}</td>'
            f"<td>{escape(step.title)}</td><td>{escape(step.expected)}</td><td>{escape(step.seen)}"
            f"{'<br><b>' + escape(step.advice) + '</b>' if step.advice else ''}</td></tr>"
            for step in self.steps
        )
        head = "<br>".join(escape(line) for line in self._head())
        stamp = '<p class="simulated">SIMULATED</p>' if self.simulated else ""
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(self.profile)}</title>'
            f"<style>{_STYLE}</style><h1>Device check: {escape(self.vendor)} {escape(self.model)}</h1>{stamp}"
            f"<p>{head}</p><table><tr><th>result<th>role<th>step<th>expected<th>seen, and advice</tr>{rows}</table>"
            f"<p><b>{escape(self.verdict())}</b></p></html>\n"
        )

    def verdict(self) -> str:
        """One sentence."""
        count = {kind: sum(step.result == kind for step in self.steps) for kind in (HELD, FAILED, SKIPPED)}
        if not self.held:
            return f"The check does not hold: {count[FAILED]} failed, {count[HELD]} held, {count[SKIPPED]} left out."
        return f"The check holds: {count[HELD]} steps, {count[SKIPPED]} left out."

    def _head(self) -> list[str]:
        lines = [
            f"Device check of {self.vendor} {self.model} (profile {self.profile}) on {self.port}",
            f"{self.at:%Y-%m-%d %H:%M:%S}" + (", SIMULATED" if self.simulated else ""),
        ]
        lines += [f"It says of itself: {self.answer}"] if self.answer else []
        lines += [f"Unverified facts of the profile: {', '.join(self.unverified)}"] if self.unverified else []
        return lines


def _lines_of(step: StepResult) -> list[str]:
    lines = [f"  {_MARKS[step.result]}  {step.name:<10} {step.title}"]
    if step.result == FAILED:
        lines += [f"          expected: {step.expected}", f"          seen:     {step.seen}"]
        lines += [f"          advice:   {step.advice}"] if step.advice else []
    elif step.seen:
        lines[0] += f": {step.seen}"
    return lines
