"""Words of the reports: their names, their columns, and the rows that have a word of ours."""

from markupsafe import Markup

from loyalty.insight.report import Cell
from loyalty.web.backoffice.analyses_words import cell_text
from loyalty.web.texts import N_, _

TITLES: dict[str, str] = {
    "liability": N_("Points owed"),
    "ageing": N_("Age of the points"),
    "expiring": N_("Points that will expire"),
    "breakage": N_("Points never used"),
    "earn-burn": N_("Points in and out"),
    "tier-flow": N_("Levels up and down"),
    "sales": N_("Sales by store"),
    "settlement": N_("Points between stores"),
    "friends": N_("Who brings whom"),
    "frequent": N_("Many sales in one day"),
    "by-hand": N_("Points by hand"),
    "cards": N_("Cards at counters"),
    "devices": N_("Devices that stood still"),
    "wear": N_("Wear of devices"),
    "stops": N_("Stops over time"),
}

HEADINGS: dict[str, str] = {
    "wallet": N_("Wallet"), "outstanding": N_("Owed"), "active": N_("Can be spent"), "pending": N_("Not usable yet"),
    "held": N_("Set aside"), "deficit": N_("Owed by members"), "value": N_("Value"), "holders": N_("Holders"),
    "age": N_("Age in days"), "points": N_("Points"), "lots": N_("Credits"), "month": N_("Month"),
    "credited": N_("Credited"), "issued": N_("Issued"), "used": N_("Used"), "expired": N_("Expired"),
    "left": N_("Left"), "breakage": N_("Share never used"), "day": N_("Day or month"), "spent": N_("Spent"),
    "other": N_("Other"), "net": N_("Net"), "burn": N_("Share spent"), "level": N_("Level"),
    "at_start": N_("At the start"), "came_up": N_("Came up"), "came_down": N_("Came down"),
    "left_up": N_("Left upwards"), "left_down": N_("Left downwards"), "at_end": N_("At the end"),
    "store": N_("Store"), "sales": N_("Sales"), "members": N_("Members"), "returned": N_("Returned"),
    "average": N_("Average"), "member": N_("Member"), "stores": N_("Stores"), "staff": N_("Person"),
    "brought": N_("Brought"), "bought": N_("Bought"), "still": N_("Still waiting"),
    "gave": N_("Given by"), "used_at": N_("Used at"), "owed": N_("To be made good"),
    "bookings": N_("Bookings"), "given": N_("Credited"), "taken": N_("Taken off"), "waiting": N_("Waiting"),
    "refused": N_("Refused"), "counter": N_("Counter"), "printed": N_("Printed"), "written": N_("Written"),
    "read": N_("Read"), "doubted": N_("Doubted"), "device": N_("Device"), "model": N_("Model"),
    "stops": N_("Stops"), "hours": N_("Hours"), "cause": N_("Commonest cause"), "health": N_("Now"),
    "worst": N_("Most often"), "done": N_("In this time"), "total": N_("Since it was made"),
    "per_stop": N_("For each stop"), "devices": N_("Devices"),
}  # fmt: skip

_COUNTED: dict[str, str] = {
    "prints": N_("faces printed"), "transports": N_("ways past the magnetic head"),
    "prints_here": N_("faces printed, as the counter counted"),
}  # fmt: skip
_ROWS: dict[str, str] = {"inactivity": N_("after a time without visits"), "never": N_("never")}


def title(report: str) -> str:
    return _(TITLES[report]) if report in TITLES else report


def heading(key: str) -> str:
    return _(HEADINGS[key]) if key in HEADINGS else key


def shown(report: str, unit: str, cell: Cell) -> str | Markup:
    """A cell of a report as people read it."""
    if report == "expiring" and unit == "text" and cell in _ROWS:
        return _(_ROWS[str(cell)])
    if report == "wear" and unit == "text" and (counted := str(cell).rpartition(" · "))[2] in _COUNTED:
        return f"{counted[0]} · {_(_COUNTED[counted[2]])}"
    return cell_text(unit, cell)
