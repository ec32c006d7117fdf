"""The forms of the editor, one for each kind of part: which keys of the document stand in which field."""

from loyalty.web.backoffice.editor.compounds import Limits
from loyalty.web.backoffice.editor.fields import Field, Form, Group
from loyalty.web.backoffice.editor.kinds import (
    Choice,
    Flag,
    Lasting,
    Number,
    Several,
    Text,
    When,
    Words,
    YesNo,
)
from loyalty.web.backoffice.editor.prices import AWARD, AWARDS, BONUS, OFFER, PRICE
from loyalty.web.backoffice.editor.rows import Amounts, Criteria
from loyalty.web.backoffice.editor.shapes import EVENT, GRACE, LIFETIME, PERIODS, TERM, WHILE, expiry, lasts, window
from loyalty.web.texts import N_

_NAME = Field(("name",), Text(), N_("Its name"), N_("On receipts and in reports. Limits are counted by it."))
_WALLET = Field(("wallet",), Choice(names="wallets"), N_("Wallet"))
_LIMIT_POINTS = Field(("limit",), Limits(points=True), N_("At most"))
_LIMIT = Field(("limit",), Limits(), N_("At most"))
_GROUPED = Field(("group",), Text(), N_("Group"), N_("Of the rules of one group only the best counts."))
_PRIORITY = Field(("priority",), Number(), N_("Priority"), N_("The higher one comes first."))

_WHEN_TIME = Group(N_("When"), (
    Field(("when", "weekday"), Several("days"), N_("Days of the week")),
    Field(("when", "time", "from"), When("time"), N_("From (time)")),
    Field(("when", "time", "to"), When("time"), N_("Until (time)"), N_("May pass midnight.")),
    Field(("when", "date", "from"), When("date"), N_("From (day)")),
    Field(("when", "date", "to"), When("date"), N_("To (day)"), N_("That day included.")),
), folded=True)  # fmt: skip
_WHEN_WHO = Group(N_("For which members"), (
    Field(("when", "tier"), Several("levels"), N_("Levels")),
    Field(("when", "birthday"), Choice((("", N_("any day")), ("day", N_("on the birthday")), (
        "month", N_("in the month of the birthday")))), N_("Birthday")),
    Field(("when", "purchase_number"), Words(numbers=True), N_("Number of the purchase"), N_("Such as 1, 5, 10.")),
    Field(("when", "first_purchase"), YesNo(), N_("First purchase")),
    Field(("when", "segment"), Several("segments"), N_("Segments"), N_("They are made in the part “Segments”.")),
), folded=True)  # fmt: skip
_WHEN_WHAT = Group(N_("On what and where"), (
    Field(("when", "category"), Words(), N_("Categories"), N_("One of these; commas between them.")),
    Field(("when", "sku"), Words(), N_("Product numbers")),
    Field(("when", "label"), Words(), N_("Labels")),
    Field(("when", "not", "category"), Words(), N_("Not these categories")),
    Field(("when", "not", "sku"), Words(), N_("Not these product numbers")),
    Field(("when", "not", "label"), Words(), N_("Not these labels")),
    Field(("when", "min_amount"), Number("money"), N_("From an amount of")),
    Field(("when", "min_quantity"), Number("pieces"), N_("From a number of")),
    Field(("when", "store"), Words(), N_("Shops")),
    Field(("when", "channel"), Words(), N_("Channels")),
    Field(("when", "tender"), Words(), N_("Paid with")),
    Field(("when", "code"), Words(), N_("Codes")),
), folded=True)  # fmt: skip
_WHEN_BASKET = Group(N_("What else is in the basket"), (
    Field(("when", "basket", "category"), Words(), N_("Of these categories"),
          N_("The whole purchase is looked at, also lines that this is not about.")),
    Field(("when", "basket", "sku"), Words(), N_("These product numbers")),
    Field(("when", "basket", "label"), Words(), N_("With these labels")),
    Field(("when", "basket", "not", "category"), Words(), N_("Leaving out categories")),
    Field(("when", "basket", "not", "sku"), Words(), N_("Leaving out product numbers")),
    Field(("when", "basket", "not", "label"), Words(), N_("Leaving out labels")),
    Field(("when", "basket", "min_amount"), Number("money"), N_("Together from an amount of")),
    Field(("when", "basket", "min_quantity"), Number("pieces"), N_("Together from a number of")),
), folded=True)  # fmt: skip
_WHEN = (_WHEN_TIME, _WHEN_WHO, _WHEN_WHAT, _WHEN_BASKET)

BASICS: Form = (Group("", (
    Field(("name",), Text(), N_("Name of the programme")),
    Field(("currency",), Text(), N_("Currency"), N_("Three letters, such as HKD.")),
    Field(("timezone",), Text(), N_("Time zone"), N_("Such as Asia/Hong_Kong. All days and hours are local.")),
)),)  # fmt: skip

EARN: Form = (
    Group("", (
        _NAME,
        Field((), AWARD, N_("Gives"), owns=AWARDS),
        Field(("on",), EVENT, N_("For")),
        _WALLET,
    )),
    *_WHEN,
    Group(N_("Limits"), (_LIMIT_POINTS,), folded=True),
    Group(N_("Together with other rules"), (
        _GROUPED,
        Field(("alone",), Flag(), N_("Only this rule counts when it fits")),
        _PRIORITY,
        Field(("stop",), Flag(), N_("Rules below are not tried any more")),
        Field(("to",), Choice((("member", N_("the member")), ("other", N_("the friend")))), N_("Given to")),
    ), folded=True),
    Group(N_("How long these points live"), (
        Field(("expiry",), expiry(own=True), N_("Usable")),
        Field(("pending",), Lasting(("days",)), N_("Usable after")),
    ), folded=True),
)  # fmt: skip

_STARTS = (("at_once", N_("at once")), ("next_period", N_("with the next period")))
TIERS: Form = (Group("", (
    Field(("metric",), Choice(names="metrics"), N_("Levels count")),
    Field(("window",), window(LIFETIME.label), N_("Counted")),
    Field(("lasts",), lasts(N_("as long as the figure is reached")), N_("A level is kept")),
    Field(("starts",), Choice(_STARTS), N_("Starts")),
    Field(("downgrade",), Choice((("to_qualified", N_("to the level that is reached")),
        ("one_level", N_("one level at a time")), ("none", N_("never goes down")))), N_("Goes down")),
)), Group(N_("More"), (
    Field(("period",), Choice((("", N_("as the figure is counted")), *PERIODS)), N_("Period")),
    Field(("extend",), Lasting(), N_("Kept longer by")),
    Field(("grace",), GRACE, N_("Grace before it ends")),
    Field(("earn_at",), Choice((("tier_before", N_("the level before the purchase")),
        ("tier_after", N_("the level after the purchase")))), N_("A purchase earns at")),
), folded=True))  # fmt: skip

LEVEL: Form = (
    Group("", (
        Field(("name",), Text(), N_("Its name")),
        Field(("from",), Number("metric"), N_("Reached from"), N_("0 for the level that everybody has.")),
        Field(("benefits", "earn_multiplier"), Number(), N_("Points are multiplied by")),
        Field(("benefits", "discount_percent"), Number("percent"), N_("Off every purchase")),
    )),
    Group(N_("Different from the other levels"), (
        Field(("window",), window(N_("as for all levels"), LIFETIME), N_("Counted")),
        Field(("lasts",), lasts(N_("as for all levels"), WHILE), N_("Kept")),
        Field(("starts",), Choice((("", N_("as for all levels")), *_STARTS)), N_("Starts")),
        Field(("keep_from",), Number("metric"), N_("Kept again from")),
        Field(("keep_window",), window(TERM.label, LIFETIME), N_("That is counted")),
    ), folded=True),
)  # fmt: skip

WALLET: Form = (
    Group("", (
        Field(("kind",), Choice((("points", N_("points")), ("money", N_("stored value, money")),
            ("count", N_("stamps or visits")))), N_("Holds")),
        Field(("expiry",), expiry(own=False, inactivity=True), N_("Its points")),
        Field(("value_per_point",), Number("money"), N_("One point is valued at"),
            N_("For the figure of what the shop owes.")),
        Field(("pending",), Lasting(("days",)), N_("Usable after")),
    )),
    Group(N_("More"), (
        Field(("rounding",), Choice((("floor", N_("rounded down")), ("half_up", N_("half up")),
            ("half_even", N_("half to even")), ("ceil", N_("rounded up")))), N_("Parts of a point are rounded")),
        Field(("decimals",), Number(), N_("Decimals")),
        Field(("max_balance",), Number(), N_("At most")),
        Field(("spend_order",), Choice((("earliest_expiry", N_("what expires first")),
            ("oldest_first", N_("what is oldest")))), N_("Spent first")),
        Field(("on_return",), Choice((("within_balance", N_("as far as the balance goes")),
            ("pending_only", N_("only what is not usable yet")), ("allow_negative", N_("also below zero")))),
            N_("Returns take points back")),
        Field(("negative",), Choice((("forbid", N_("no")), ("allow", N_("yes")))), N_("May go below zero")),
        Field(("transferable",), Flag(), N_("Members may pass it on")),
        Field(("bearer",), Flag(), N_("Held by gift cards"), N_("Only for money; members do not have it.")),
    ), folded=True),
)  # fmt: skip

REWARD: Form = (
    Group("", (_NAME, Field((), PRICE, N_("Is"), owns=("cost", "value", "per_point")), _WALLET)),
    Group(N_("Who may have it"), (
        Field(("tiers",), Several("levels"), N_("Levels")),
        Field(("stock",), Number("pieces"), N_("In stock")),
        Field(("valid",), Lasting(), N_("A voucher is valid for")),
        Field(("active_after",), Lasting(), N_("A voucher is valid after")),
    ), folded=True),
    *_WHEN,
    Group(N_("Limits"), (_LIMIT,), folded=True),
    Group(N_("More"), (
        Field(("step",), Number(), N_("In steps of")),
        Field(("min_points",), Number(), N_("From (points)")),
        Field(("max_percent_of_purchase",), Number("percent"), N_("At most of a purchase")),
        Field(("over",), Choice((("clamp", N_("as many as fit")), ("refuse", N_("refused")))), N_("More than fits is")),
        Field(("lowers_earning",), Flag(default=True), N_("What it pays earns no points")),
        Field(("use_current",), Flag(), N_("Points of the same purchase may be used")),
        Field(("refundable",), Flag(default=True), N_("A return gives the points back")),
        Field(("auto",), Flag(), N_("Given by itself when there are enough points")),
    ), folded=True),
)  # fmt: skip

OFFERS: Form = (
    Group("", (_NAME, Field((), OFFER, N_("Takes"), owns=("percent", "amount", "each", "buy_x_get_y", "cheapest")))),
    *_WHEN,
    Group(N_("Limits"), (_LIMIT, Field(("cap",), Number("money"), N_("At most in money"))), folded=True),
    Group(N_("Together with other offers"), (
        _GROUPED, _PRIORITY,
        Field(("exclusive",), Flag(), N_("No other offer works beside it")),
        Field(("lowers_earning",), Flag(default=True), N_("What it takes off earns no points")),
    ), folded=True),
)  # fmt: skip

TOPUP: Form = (Group("", (
    _NAME,
    Field(("pay",), Number("money"), N_("The member pays")),
    Field(("gives",), Number(), N_("And gets"), N_("So many visits or points, for a pass. Empty: as much as is paid.")),
    Field(("bonus",), BONUS, N_("Bonus")),
    _WALLET,
    Field(("expiry",), expiry(own=True), N_("Usable")),
    Field(("gifts",), Amounts(), N_("Besides, as a gift")),
)),)  # fmt: skip

TRANSFERS: Form = (Group("", (
    Field(("expiry",), Choice((("keep", N_("keep their date")), ("restart", N_("live as if just earned")))),
        N_("Points passed on"), N_("Only of wallets whose points members may pass on.")),
    Field(("min",), Number(), N_("At least")),
    Field(("max",), Number(), N_("At most at once")),
    Field(("limit",), Limits(points=True, above=False), N_("At most")),
)),)  # fmt: skip

SEGMENT: Form = (Group("", (
    Field(("name",), Text(), N_("Its name")),
    Field(("criteria",), Criteria(), N_("Who belongs to it"),
        N_("Of one block all must hold; one block is enough. Bounds are included.")),
)),)  # fmt: skip
"""Of an entry whose name is its key: see Section.keyed."""
