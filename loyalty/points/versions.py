"""The programme's versions: rows of documents read into programmes, each knowing the one before."""

from collections.abc import Iterable

from loyalty.points.facts_tier import VersionRow
from loyalty.points.programme import Programme
from loyalty.points.read_programme import read_value
from loyalty.points.store import ProgrammeVersion


def chain(rows: Iterable[VersionRow]) -> list[ProgrammeVersion]:
    """The versions of stored rows, in order of their numbers."""
    versions: list[ProgrammeVersion] = []
    for row in sorted(rows, key=lambda each: each.number):
        versions.append(follow(versions[-1] if versions else None, row))
    return versions


def follow(before: ProgrammeVersion | None, row: VersionRow) -> ProgrammeVersion:
    """The version that `row` makes after `before`."""
    last = before.programme if before else None
    programme = read_value(row.document, last)
    return ProgrammeVersion(row.number, row.at, programme, row.document, _switched(last, programme))


def _switched(before: Programme | None, programme: Programme) -> frozenset[str]:
    if before is None:
        return frozenset()
    known = {**before.retired, **before.wallets}
    return frozenset(
        name
        for name, wallet in programme.wallets.items()
        if wallet.expiry.kind == "inactivity" and name in known and known[name].expiry.kind != "inactivity"
    )
