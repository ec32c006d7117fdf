"""Short texts inside answers: what a reward is worth, what happened. Three languages; anything longer is a page's."""

from decimal import Decimal

from loyalty.points.facts_sale import Voucher
from loyalty.points.programme import Programme, Reward

_SIGNS = {"HKD": "HK$", "TWD": "NT$", "CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "MOP": "MOP$"}
_OFF = {"en": "{} off", "zh-Hant": "減 {}", "zh-Hans": "减 {}"}
_VOUCHER = {"en": "voucher for {}", "zh-Hant": "{} 禮券", "zh-Hans": "{} 礼券"}
_FREE = {"en": "{} for free", "zh-Hant": "免費 {}", "zh-Hans": "免费 {}"}
_EACH = {"en": "{} a point", "zh-Hant": "每分 {}", "zh-Hans": "每分 {}"}
_POINTS = {"en": "points", "zh-Hant": "積分", "zh-Hans": "积分"}


def money_text(amount: Decimal, currency: str) -> str:
    """`HK$12.50`; whole amounts without the zeros behind the point."""
    sign = _SIGNS.get(currency, f"{currency} " if currency else "")
    whole = amount == amount.to_integral_value()
    minus, size = ("-", -amount) if amount < 0 else ("", amount)
    return f"{minus}{sign}{size.to_integral_value() if whole else size:,}"


def points_word(wallet: str, kind: str, language: str) -> str:
    """The unit behind a balance: the points of a wallet called `points`, else the wallet's own name."""
    return _POINTS[language] if wallet == "points" or (kind == "points" and wallet == "main") else wallet


def worth_of(reward: Reward, programme: Programme, language: str) -> str:
    """What a reward gives, such as `$5 off`, `2 x coffee for free`, `voucher for $10`."""
    value = reward.value
    if reward.per_point is not None:
        cents = Decimal(reward.per_point.numerator) / Decimal(reward.per_point.denominator)
        wallet = programme.wallets[reward.wallet]
        return _EACH[language].format(money_text(cents.scaleb(wallet.decimals - programme.digits), programme.currency))
    if value.product is not None:
        what = value.product if value.quantity == 1 else f"{value.quantity} x {value.product}"
        return _FREE[language].format(what)
    if value.percent is not None:
        amount = f"{Decimal(value.percent.numerator) / Decimal(value.percent.denominator):f}%"
    elif value.amount is not None:
        amount = money_text(Decimal(value.amount).scaleb(-programme.digits), programme.currency)
    else:
        return reward.name
    return (_VOUCHER if value.voucher else _OFF)[language].format(amount)


def kind_of(reward: Reward) -> str:
    """How a reward is given: product, voucher, amount, percent or per_point."""
    if reward.per_point is not None:
        return "per_point"
    if reward.value.voucher:
        return "voucher"
    if reward.value.product is not None:
        return "product"
    return "percent" if reward.value.percent is not None else "amount"


def money_of(reward: Reward, programme: Programme) -> Decimal | None:
    """Money off one piece, or one point of a reward paid by the point; None for all others."""
    if reward.per_point is not None:
        units = Decimal(reward.per_point.numerator) / Decimal(reward.per_point.denominator)
        return units.scaleb(programme.wallets[reward.wallet].decimals - programme.digits)
    if reward.value.amount is None or reward.value.voucher:
        return None
    return Decimal(reward.value.amount).scaleb(-programme.digits)


def voucher_worth(voucher: Voucher, programme: Programme, language: str) -> str:
    """What a voucher in hand takes off or gives."""
    if voucher.product is not None:
        what = voucher.product if voucher.quantity == 1 else f"{voucher.quantity} x {voucher.product}"
        return _FREE[language].format(what)
    if voucher.percent is not None:
        return _OFF[language].format(f"{Decimal(voucher.percent.numerator) / Decimal(voucher.percent.denominator):f}%")
    amount = Decimal(voucher.amount or 0).scaleb(-programme.digits)
    return _OFF[language].format(money_text(amount, programme.currency))
