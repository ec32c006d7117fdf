"""Invented members in three scripts: the households of the data have no names, and ours belong to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

_HANT = (
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅高潘簡朱鍾",
    "大文 美玲 志明 家欣 嘉儀 詠琪 俊傑 淑芬 雅婷 冠宇 子晴 堃 喆 浩然 曉彤 慧嫻 國榮 翠珊 "
    "偉倫 思穎 啟泰 婉雯 天佑 樂兒 柏喬 芷晴 凱琳 耀華 寶珠 穎心 澤霖 秀英 卓妍 梓軒",
)
_HANS = (
    "赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹窦章苏",
    "建国 小龙 丽华 晓明 雪梅 志强 慧敏 宇轩 梓涵 欣怡 浩宇 诗涵 俊杰 雅静 国庆 春燕 海涛 "
    "玉兰 立新 佳琪 文博 思远 晨曦 海燕 铁柱 秀兰 学文 嘉怡 子墨 若曦 明哲 可欣 一诺",
)
_LATIN = (
    "Wong Chan Smith Garcia Lee Brown Fernandes Cheung Taylor Ng Martin Silva Lam Clarke Ho Novak Yeung "
    "Murphy Tsang Evans Kaur Leung Weber Roy Mak Hughes Lau Rossi Tam Walsh Fong Cruz Hall",
    "Grace Peter Amelia Jason Chloe Daniel Sofia Kelvin Hannah Winnie Oliver Maria Eric Zoe Simon Nora "
    "Vincent Ruby Thomas Ivy Harpreet Carmen Felix Anita Jacky Megan Alan Giulia Stella Conor Candy Paolo Emma",
)


@dataclass(frozen=True)
class Person:
    """uid: 7 bytes of hex as an NXP chip has them; phone: E.164, from the ranges kept free for fiction."""

    household: str
    name: str
    language: str
    phone: str
    uid: str


def invent_people(households: Sequence[str]) -> list[Person]:
    """One person for each household, in turn 繁體, 简体, Latin; the same households give the same people."""
    return [_person(number, household) for number, household in enumerate(households)]


def _person(number: int, household: str) -> Person:
    turn, script = divmod(number, 3)
    if script == 2:
        families, givens = (names.split() for names in _LATIN)
        name, language = f"{givens[turn % len(givens)]} {families[turn % len(families)]}", "en"
    else:
        family, given = (_HANT, _HANS)[script]
        givens = given.split()
        name = family[turn % len(family)] + givens[turn % len(givens)]
        language = ("zh-Hant", "zh-Hans")[script]
    uid = "04" + sha256(f"harbour-{household}".encode()).hexdigest()[:12].upper()
    return Person(household, name, language, f"+12025550{100 + number}", uid)
