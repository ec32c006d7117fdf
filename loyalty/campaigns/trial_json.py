"""A trial's result as a JSON document: the answer of `loyalty trial --json`, and what a page reads back."""

from typing import Any

from loyalty.campaigns.trial_result import Figures, MemberChange, TrialResult, WalletFigures
from loyalty.points.exact import money_text, points_json


def as_json(result: TrialResult) -> dict[str, Any]:
    """Money and points as decimal text or whole numbers, days as ISO dates, lists complete as far as they are kept."""
    digits = result.digits

    def money(units: int) -> str:
        return money_text(units, digits)

    return {
        "from": result.first.isoformat(),
        "to": result.last.isoformat(),
        "currency": result.currency,
        "members": {
            "all": result.members,
            "touched": result.touched,
            "better": result.better,
            "worse": result.worse,
        },
        "present": _figures_json(result.present, digits),
        "candidate": _figures_json(result.candidate, digits),
        "difference": {
            name: money(getattr(result.candidate, name) - getattr(result.present, name))
            for name in ("cost", "points_worth", "discount", "liability", "total")
        },
        "levels": {
            way: [
                {"member": each.member, "present": each.present, "candidate": each.candidate}
                for each in result.levels
                if each.direction == way
            ]
            for way in ("up", "down", "other")
        },
        "liability": [
            {"day": each.day.isoformat(), "present": money(each.present), "candidate": money(each.candidate)}
            for each in result.liability
        ],
        "winners": [_change_json(each, result) for each in result.winners],
        "losers": [_change_json(each, result) for each in result.losers],
        "left_out": dict(result.left_out),
    }


def _figures_json(figures: Figures, digits: int) -> dict[str, Any]:
    money = ("total", "cost", "points_worth", "discount", "liability")
    plain = ("sales", "members_earning", "risen", "fallen", "refused_sales", "refused_rewards")
    return {
        "name": figures.name,
        **{name: money_text(getattr(figures, name), digits) for name in money},
        **{name: getattr(figures, name) for name in plain},
        "wallets": {name: _points(each) for name, each in figures.wallets.items()},
        "levels": [
            {"level": level, "members": many}
            for level, many in sorted(figures.levels.items(), key=lambda each: each[0] or "")
        ],
    }


def _change_json(change: MemberChange, result: TrialResult) -> dict[str, Any]:
    return {
        "member": change.member,
        "present": money_text(change.present, result.digits),
        "candidate": money_text(change.candidate, result.digits),
        "gain": money_text(change.gain[0], result.digits),
        "points": {"present": change.present_points, "candidate": change.candidate_points},
    }


def _points(figures: WalletFigures) -> dict[str, Any]:
    names = ("earned", "spent", "expired", "outstanding")
    return {name: points_json(getattr(figures, name), figures.decimals) for name in names}
