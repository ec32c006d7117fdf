"""Which column of a file holds what: headings in three languages, and what a person said about others."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Invalid
from loyalty.members.names import folded
from loyalty.ops.imports.tables import import_columns

_MEMBER = (
    *("member", "member number", "member no", "member id"),
    *("會員", "會員編號", "會員號碼", "会员", "会员编号", "会员号"),
)
_PHONE = ("電話", "手機", "手提電話", "电话", "手机", "手机号")
_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "members": {
        "number": ("number", *_MEMBER, "編號", "编号"),
        "name": ("name", "full name", "member name", "display name", "姓名", "名稱", "名称", "會員姓名", "会员姓名"),
        "family_name": ("family name", "last name", "surname", "姓", "姓氏"),
        "given_name": ("given name", "first name", "名", "名字"),
        "phone": ("phone", "mobile", "telephone", "phone number", "tel", *_PHONE),
        "email": ("email", "e-mail", "email address", "電郵", "電子郵件", "邮箱", "电邮", "电子邮件"),
        "birthday": ("birthday", "date of birth", "dob", "birth date", "生日", "出生日期"),
        "language": ("language", "語言", "语言"),
        "joined_at": ("joined at", "joined", "join date", "member since", "入會日期", "加入日期", "入会日期"),
        "notes": ("notes", "note", "remarks", "備註", "备注"),
    },
    "cards": {
        "member": (*_MEMBER, "phone", *_PHONE),
        "kind": ("kind", "card kind", "card type", "卡類", "卡种", "類型", "类型"),
        "token": ("token", "card", "card number", "card no", "uid", "卡號", "卡号"),
    },
    "balances": {
        "member": (*_MEMBER, "phone", *_PHONE),
        "wallet": ("wallet", "錢包", "钱包"),
        "points": ("points", "balance", "available", "積分", "积分", "點數", "结余", "結餘", "餘額", "余额"),
        "expires_on": ("expires on", "expiry", "expires", "到期日", "有效期"),
        "cost": ("cost", "paid", "成本", "已付"),
    },
    "purchases": {
        "id": ("id", "receipt", "receipt number", "sale", "invoice", "單號", "单号", "收據編號", "收据编号", "小票号"),
        "member": (*_MEMBER, "phone", *_PHONE),
        "amount": ("amount", "total", "金額", "金额", "總額", "总额"),
        "occurred_at": ("occurred at", "date", "time", "sold at", "日期", "時間", "时间"),
        "store": ("store", "shop", "分店", "店鋪", "门店"),
        "channel": ("channel", "渠道"),
        "tender": ("tender", "payment", "付款方式", "支付方式"),
        "lines": ("lines", "items", "categories", "明細", "明细", "類別", "类别"),
    },
}
KINDS = tuple(_WORDS)
FIELDS: dict[str, tuple[str, ...]] = {kind: tuple(words) for kind, words in _WORDS.items()}
NEEDED: dict[str, tuple[str, ...]] = {
    "members": (),
    "cards": ("member", "token"),
    "balances": ("member", "points"),
    "purchases": ("id", "member", "amount", "occurred_at"),
}


def guessed(kind: str, headings: Sequence[str], said: Mapping[str, str]) -> dict[str, int]:
    """Field to the place of its column. `said` (heading to field, `-` for none) goes before what the words mean."""
    known = {_key(word): name for name, words in _WORDS[kind].items() for word in (name, *words)}
    known |= {_key(heading): field for heading, field in said.items()}
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        field = known.get(_key(heading))
        if field in FIELDS[kind]:
            found.setdefault(field, place)
    return found


def refuse_incomplete(kind: str, columns: Mapping[str, int]) -> None:
    """Invalid when a column is missing without which no row of this kind says anything."""
    missing = [field for field in NEEDED[kind] if field not in columns]
    if kind == "members" and not {"name", "given_name", "family_name"} & set(columns):
        missing = ["name"]
    if missing:
        raise Invalid(
            f"No column of the file is {', '.join(missing)}; give one that heading, or say which it is"
            f" (--column \"Heading={missing[0]}\")."
        )


def remembered(session: Session, kind: str) -> dict[str, str]:
    """What was said before about headings of such files."""
    rows = session.execute(sa.select(import_columns).where(import_columns.c.kind == kind))
    return {row.heading: row.field for row in rows}


def remember(session: Session, kind: str, said: Mapping[str, str]) -> None:
    """Keeps what a person said; the same heading next time means the same."""
    for heading, field in said.items():
        if field != "-" and field not in FIELDS[kind]:
            raise Invalid(f"{field!r} is no field of {kind}; there are {', '.join(FIELDS[kind])}.")
        key = _key(heading)[:120]
        place = (import_columns.c.kind == kind) & (import_columns.c.heading == key)
        session.execute(sa.delete(import_columns).where(place))
        session.execute(sa.insert(import_columns).values(kind=kind, heading=key, field=field))


def _key(heading: str) -> str:
    return folded(heading.replace("_", " ").replace("-", " ").strip(" *:："))
