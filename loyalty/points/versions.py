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
    last: Programme | None = before.programme if before else None
    return ProgrammeVersion(row.number, row.at, read_value(row.document, last), row.document)
