"""The labels of a pass. A phone shows them in its own language, so all three travel with every pass."""

from typing import Final

LANGUAGES: Final = ("en", "zh-Hant", "zh-Hans")
WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "card": ("Membership card", "會員卡", "会员卡"),
    "balance": ("Balance", "結餘", "余额"),
    "points": ("Points", "積分", "积分"),
    "balance_now": ("Your balance is now %@", "您現時的結餘：%@", "您现在的余额：%@"),
    "member": ("Member", "會員", "会员"),
    "number": ("Member number", "會員編號", "会员编号"),
    "level": ("Level", "級別", "级别"),
    "level_now": ("Your level is now %@", "您現時的級別：%@", "您现在的级别：%@"),
    "expiring": ("Expiring", "即將到期", "即将到期"),
    "until": ("Use them by", "使用限期", "使用期限"),
    "rewards": ("Rewards you can have now", "現可換領的獎賞", "现在可兑换的奖励"),
    "no_rewards": ("None yet", "暫時未有", "暂时没有"),
    "hint": ("At the counter", "在櫃檯", "在柜台"),
    "hint_words": (
        "Show the code to earn points. To redeem, staff may ask for your PIN or your name.",
        "出示此碼即可賺取積分。換領獎賞時，店員或會請您輸入密碼或核對姓名。",
        "出示此码即可累积积分。兑换奖励时，店员可能请您输入密码或核对姓名。",
    ),
}


def word(key: str, language: str) -> str:
    """KeyError for a label that is not in the table; English for a language that is not."""
    return WORDS[key][LANGUAGES.index(language) if language in LANGUAGES else 0]


def strings(language: str) -> str:
    """The table of one language as Apple's `pass.strings` has it."""
    return "".join(f'"{key}" = "{_quoted(word(key, language))}";\n' for key in WORDS)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
