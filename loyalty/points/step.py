"""One step at work: the plan it writes, the programme it is judged by, its moments, and what it has to say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from loyalty.errors import Invalid, UnknownMember
from loyalty.points.basket import Line
from loyalty.points.calendar import day_of, zone_of
from loyalty.points.facts import Account, Lot, Member, Standing
from loyalty.points.facts_sale import AwardEntry, Voucher
from loyalty.points.plan import Plan
from loyalty.points.programme import Programme, Wallet
from loyalty.points.quick_rows import replace
from loyalty.points.store import Facts, Numbers, ProgrammeVersion


def _voucher_name(ordinal: int) -> str:
    return f"V{ordinal}"


@dataclass(frozen=True)
class Context:
    """What the surroundings lend to the engine: numbers for new rows, names for vouchers and unnamed bookings."""

    numbers: Numbers
    voucher_name: Callable[[int], str] = _voucher_name
    """From the ordinal of the voucher (1 = the first ever issued)."""
    booking_name: Callable[[int], str] = "#{}".format
    """For steps without an id, from the number of the booking."""


@dataclass
class Said:
    """What a verb has to say, in smallest units; `result.render` makes it the `last` of scenario files."""

    earned: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    reversed: dict[str, int] = field(default_factory=dict)
    given_back: dict[str, int] = field(default_factory=dict)
    credited: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    refund_wallets: dict[str, int] = field(default_factory=dict)
    redeemed: dict[str, int] = field(default_factory=dict)
    total: int | None = None
    due: int | None = None
    discount: int | None = None
    value: int | None = None
    refund: int | None = None
    cost: int | None = None
    explanation: dict[str, list[AwardEntry]] = field(default_factory=dict)
    offers: list[tuple[str, int]] = field(default_factory=list)
    free_items: dict[str, int] = field(default_factory=dict)
    vouchers: list[Voucher] = field(default_factory=list)
    unused_codes: list[str] = field(default_factory=list)

    def add(self, what: str, wallet: str, amount: int) -> None:
        figures: dict[str, int] = getattr(self, what)
        figures[wallet] = figures.get(wallet, 0) + amount

    def add_money(self, what: str, amount: int) -> None:
        setattr(self, what, (getattr(self, what) or 0) + amount)


class Step:
    """The bench on which one verb works. `at` is when it happened, `now` when it is booked (later for late ones)."""

    def __init__(self, plan: Plan, version: ProgrammeVersion, context: Context, at: datetime, now: datetime) -> None:
        self.plan = plan
        self.version = version
        self.programme: Programme = version.programme
        self.context = context
        self.zone: ZoneInfo = zone_of(version.programme.timezone)
        self.at = at
        self.now = now
        self.day: date = day_of(at, self.zone)
        self.number = context.numbers()
        self.booking: str | None = None
        self.said = Said()
        self.members: dict[str, None] = {}  # touched, in order
        self.lines: Sequence[Line] = ()  # of the sale in hand
        self.activated: dict[tuple[str, str], None] = {}  # (member, wallet) in which points became active

    @property
    def late(self) -> bool:
        return self.at < self.now

    @property
    def today(self) -> date:
        """The local day on which the step is booked."""
        return day_of(self.now, self.zone) if self.late else self.day

    def day_of(self, moment: datetime) -> date:
        """The local day that holds `moment`."""
        return day_of(moment, self.zone)

    def wallet(self, name: str | None) -> Wallet:
        """The wallet of that name, the first one when it is left out. Invalid for an unknown one."""
        if name is None:
            return self.programme.wallets[self.programme.first_wallet]
        if name not in self.programme.wallets:
            raise Invalid(f"There is no wallet {name!r} in the programme.", pointer="wallet")
        return self.programme.wallets[name]

    def member(self, id: str) -> Member:
        member = self.plan.member(id)
        if member is None:
            raise UnknownMember(f"There is no member {id!r}; enrol the member first.", pointer="member")
        return member

    def standing(self, member: str) -> Standing:
        return self.plan.standing(member) or Standing(member)

    def touch(self, member: str) -> None:
        """Says that the step changes this member: what is due is done first, levels are tested after."""
        self.members[member] = None

    def account(self, member: str, wallet: str) -> Account:
        return self.plan.account(member, wallet) or Account(member, wallet)

    def lot(self, number: int) -> Lot:
        lot = self.plan.lot(number)
        assert lot is not None, f"lot {number} is named in a fact but not there"
        return lot

    def use_account(self, member: str, wallet: Wallet) -> None:
        """Notes activity in a wallet: a credit to it, spending from it, or any purchase of the member."""
        if wallet.expiry.kind != "inactivity":
            return
        account = self.account(member, wallet.name)
        last = max(account.activity or self.day, self.day)
        self.plan.put(replace(account, activity=last, inactivity=wallet.expiry.duration))


def started(facts: Facts, at: datetime) -> ProgrammeVersion:
    """The version in force. Invalid when the shop has none yet."""
    version = facts.version(at)
    if version is None:
        raise Invalid("There is no programme yet; put one first.")
    return version
