"""The sections of the editor: which list of the document each shows, with which form, and what a new entry is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loyalty.points.yaml_core import Path
from loyalty.web.backoffice.editor import forms
from loyalty.web.backoffice.editor.changes import value_at
from loyalty.web.backoffice.editor.fields import Form
from loyalty.web.texts import N_


@dataclass(frozen=True)
class Section:
    """`path` leads to the list (or map: wallets) of its entries; `head` is the form of what they have in common."""

    key: str
    word: str
    path: Path
    form: Form
    icon: str
    none: str
    """What is said where there are no entries."""
    head: Form = ()
    head_path: Path = ()
    switch: bool = False
    """Entries can be switched off."""
    keyed: bool = False
    """Forms have the key of an entry as its `name` and what is under it as `criteria`."""

    def keys(self, document: Mapping[str, Any]) -> list[str | int]:
        """The last part of the path of every entry, in order."""
        held = value_at(document, self.path)
        if isinstance(held, Mapping):
            return list(held)
        return list(range(len(held))) if isinstance(held, list) else []

    def entry(self, document: Mapping[str, Any], number: int) -> Path | None:
        """The path of the entry with this number, from 1; of the common part for 0. None when there is none."""
        if number == 0:
            return self.head_path if self.head else None
        keys = self.keys(document)
        return (*self.path, keys[number - 1]) if 1 <= number <= len(keys) else None

    def form_of(self, number: int) -> Form:
        return self.form if number else self.head

    def part(self, document: Mapping[str, Any], path: Path, number: int) -> Any:
        """What the form of an entry is filled with."""
        held = value_at(document, path) or {}
        return {"name": str(path[-1]), "criteria": held} if self.keyed and number else held


SECTIONS = (
    Section("tiers", N_("Levels"), ("tiers", "levels"), forms.LEVEL, "crown",
            N_("No levels yet: all members are alike."),
            forms.TIERS, ("tiers",)),
    Section("earn", N_("Earning"), ("earn",), forms.EARN, "coins", N_("No rule gives points yet."), switch=True),
    Section("rewards", N_("Rewards"), ("rewards",), forms.REWARD, "gift",
            N_("No rewards yet: points can only be collected.")),
    Section("offers", N_("Offers"), ("offers",), forms.OFFERS, "receipt", N_("No offers yet."), switch=True),
    Section("wallets", N_("Wallets"), ("wallets",), forms.WALLET, "coins", "", forms.BASICS, ()),
    Section("topups", N_("Stored value"), ("topups",), forms.TOPUP, "cash", N_("No top-ups yet."),
            forms.TRANSFERS, ("transfers",)),
    Section("segments", N_("Segments"), ("segments",), forms.SEGMENT, "users",
            N_("No segments yet: rules are for everybody, or for levels."), keyed=True),
)  # fmt: skip


def section_of(key: str) -> Section | None:
    return next((each for each in SECTIONS if each.key == key), None)
