"""What to do next with an analysis: one step, in words, and the page on which it is taken."""

from dataclasses import dataclass, field

from loyalty.web.access import permitted
from loyalty.web.texts import N_


@dataclass(frozen=True)
class Step:
    """`why` says what the figures are good for, `word` stands on the link; `action` is what one must be allowed."""

    why: str
    word: str
    endpoint: str
    action: str
    where: dict[str, str] = field(default_factory=dict)


def _segment(fact: str, compared: str, value: str) -> dict[str, str]:
    """The form of a new segment with one condition filled in."""
    return {"rows": "1", "fact-0": fact, "word-0": compared, "value-0": value}


STEPS: dict[str, Step] = {
    "profile": Step(
        N_("Who has not bought for half a year can be named and written to."), N_("Find them"), "segments.new",
        "segment.edit", _segment("last_days", "at_least", "180"),
    ),
    "persistency": Step(
        N_("Who comes regularly comes once more with a reason."), N_("Plan more visits"), "campaigns.new",
        "campaign.plan", {"goal": "more_visits"},
    ),
    "profitability": Step(
        N_("A few members bring half of the sales: know them, and thank them."),
        N_("Find who brings half of the sales"), "segments.new", "segment.edit",
        _segment("sales_percent", "at_most", "50"),
    ),
    "performance": Step(
        N_("A quiet category becomes known when members get something for trying it."), N_("Plan it"),
        "campaigns.new", "campaign.plan", {"goal": "try_category"},
    ),
    "prospecting": Step(
        N_("Who is probably leaving is won back while it is not too late."), N_("Find them"), "segments.new",
        "segment.edit", _segment("alive", "at_most", "50"),
    ),
    "product": Step(
        N_("Who buys one of a pair is told of the other."), N_("Plan bigger baskets"), "campaigns.new",
        "campaign.plan", {"goal": "bigger_basket"},
    ),
    "promotion": Step(
        N_("Before a rule is changed, see what it would have cost on past sales."), N_("Try on past sales"),
        "campaigns_trial.page", "programme.edit",
    ),
}  # fmt: skip


def next_step(analysis: str) -> Step | None:
    """None where the person may not take it."""
    found = STEPS.get(analysis)
    return found if found and permitted(found.action) else None
