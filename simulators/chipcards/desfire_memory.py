"""What a simulated DESFire keeps: applications, keys, files; and what a transaction has changed so far.

As JSON, in the card's memory: `{"generation": "EV2", "random_uid": false, "keys": ["<32 hex>"], "aes": false,
"applications": {"F48120": {"settings": 15, "keys": ["<32 hex>", …], "files": {"1": {"kind": "value", "mode": 3,
"access": "1230", "lower": 0, "upper": 1000, "value": 50, "limited": true}, "2": {"kind": "backup", "mode": 3,
"access": "1EE0", "data": "<hex>"}, "3": {"kind": "cyclic", "mode": 0, "access": "EEEE", "size": 16, "most": 10,
"records": ["<hex>", …]}}}}}`; kinds of files are standard, backup, value, linear and cyclic. The card's own key is DES
as delivered, unless `aes` says otherwise; keys of 24 bytes are for DES with three keys.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from loyalty.devices.wire.apdu.desfire_keys import KeyKind, version_of
from loyalty.devices.wire.apdu.file_settings import Access, DataFile, Kind, RecordFile, ValueFile
from loyalty.devices.wire.apdu.secure_session import Mode

FREE_SETTINGS = 0x0F
_KINDS = {kind.name.lower(): kind for kind in Kind}
RECORDS = (Kind.LINEAR, Kind.CYCLIC)
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass
class File:
    """data: of a standard or backup file. debited: in the running transaction, for the limited credit.

    records: oldest first, each `size` bytes, at most `most`. begun: the running transaction has added one; cleared: or
    has forgotten them all, which is one thing or the other.
    """

    kind: Kind
    mode: Mode
    access: Access
    data: bytearray = field(default_factory=bytearray)
    lower: int = 0
    upper: int = 0
    value: int = 0
    limited_credit: int = 0
    debited: int = 0
    size: int = 0
    most: int = 0
    limited: bool = False
    records: list[bytes] = field(default_factory=list)
    begun: bool = False
    cleared: bool = False

    def copy(self) -> "File":
        return replace(
            self, data=bytearray(self.data), debited=0, records=list(self.records), begun=False, cleared=False
        )

    def settings(self) -> bytes:
        if self.kind is Kind.VALUE:
            limits = self.lower, self.upper, self.limited_credit
            return ValueFile(self.mode, self.access, *limits, self.limited).encoded()
        if self.kind in RECORDS:
            return RecordFile(self.kind, self.mode, self.access, self.size, self.most, len(self.records)).encoded()
        return DataFile(self.kind, self.mode, self.access, len(self.data)).encoded()

    def to_json(self) -> dict[str, Any]:
        access = "".join(f"{key:X}" for key in self.access)
        head = {"kind": _NAMES[self.kind], "mode": int(self.mode), "access": access}
        if self.kind in RECORDS:
            records = [each.hex().upper() for each in self.records]
            return head | {"size": self.size, "most": self.most, "records": records}
        if self.kind is not Kind.VALUE:
            return head | {"data": self.data.hex().upper()}
        return head | {
            "lower": self.lower, "upper": self.upper, "value": self.value, "limited": self.limited,
            "limited_credit": self.limited_credit,
        }  # fmt: skip

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "File":
        read, write, full, change = (int(digit, 16) for digit in str(given["access"]))
        data = bytearray(bytes.fromhex(given.get("data", "")))
        kind, mode = _KINDS[given["kind"]], Mode(int(given.get("mode", 0)))
        made = cls(kind, mode, Access(read, write, full, change), data, limited=bool(given.get("limited")))
        for name in ("lower", "upper", "value", "limited_credit"):
            setattr(made, name, int(given.get(name, 0)))
        if kind in RECORDS:
            made.size, made.most = int(given["size"]), int(given["most"])
            made.records = [bytes.fromhex(each) for each in given.get("records", [])]
            if made.size < 1 or any(len(each) != made.size for each in made.records):
                raise ValueError("every record has the size that the file says")
        return made


@dataclass
class Application:
    """The card itself is one too, without files. aes: what its keys are for; else DES. All keys are of one kind."""

    keys: list[bytes]
    settings: int = FREE_SETTINGS
    aes: bool = True
    versions: dict[int, int] = field(default_factory=dict)
    files: dict[int, File] = field(default_factory=dict)

    @property
    def kind(self) -> KeyKind:
        if self.aes:
            return KeyKind.AES
        return KeyKind.THREE_DES if len(self.keys[0]) == KeyKind.THREE_DES.size else KeyKind.DES

    def version(self, key: int) -> int:
        return self.versions.get(key, 0) if self.aes else version_of(self.keys[key])

    def to_json(self) -> dict[str, Any]:
        return {
            "settings": self.settings, "keys": [key.hex().upper() for key in self.keys], "aes": self.aes,
            "versions": {str(key): version for key, version in self.versions.items()},
            "files": {str(number): file.to_json() for number, file in self.files.items()},
        }  # fmt: skip

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "Application":
        keys = [bytes.fromhex(key) for key in given.get("keys") or ["00" * 16]]
        aes = bool(given.get("aes", True))
        if any(len(key) != len(keys[0]) or len(key) not in ((16,) if aes else (16, 24)) for key in keys):
            raise ValueError("a key has 16 bytes, or for DES 24 as all others beside it")
        files = {int(number): File.from_json(file) for number, file in dict(given.get("files") or {}).items()}
        versions = {int(key): int(version) for key, version in dict(given.get("versions") or {}).items()}
        return cls(keys, int(given.get("settings", FREE_SETTINGS)), aes, versions, files)


class Memory:
    """applications: by identifier; 0 is the card itself."""

    def __init__(self, given: dict[str, Any]) -> None:
        """ValueError, KeyError or TypeError for a description that no card fits."""
        self.generation = str(given.get("generation", "EV2"))
        if self.generation not in ("EV1", "EV2"):
            raise ValueError(f"the generation is EV1 or EV2, not {self.generation}")
        self.random_uid = bool(given.get("random_uid"))
        self.applications = {0: Application.from_json({"aes": False, **given, "files": {}})}
        for name, application in dict(given.get("applications") or {}).items():
            self.applications[int(name, 16)] = Application.from_json(application)
        self._changed: dict[tuple[int, int], File] = {}

    def to_json(self) -> dict[str, Any]:
        names = sorted(set(self.applications) - {0})
        card = {key: value for key, value in self.applications[0].to_json().items() if key != "files"}
        applications = {f"{name:06X}": self.applications[name].to_json() for name in names}
        more = {"generation": self.generation, "random_uid": self.random_uid}
        return {**card, **more, "applications": applications}

    def changing(self, application: int, number: int) -> File:
        """The file as the running transaction leaves it; begins one."""
        if (application, number) not in self._changed:
            self._changed[application, number] = self.applications[application].files[number].copy()
        return self._changed[application, number]

    def commit(self) -> bool:
        """Everything or, when the card is pulled before, nothing. False when there was nothing."""
        for (application, number), file in self._changed.items():
            if file.debited:
                file.limited_credit, file.debited = file.debited, 0
            self.applications[application].files[number] = file
        done = bool(self._changed)
        self._changed.clear()
        return done

    def abort(self) -> bool:
        done = bool(self._changed)
        self._changed.clear()
        return done
