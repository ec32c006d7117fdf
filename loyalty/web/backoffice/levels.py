"""How a level looks: one of four colours with its icon, by what it is called or by how high it stands."""

from loyalty.points.programme import Programme
from loyalty.web.shop import shop

_NAMES = {
    1: ("silver", "銀", "银"),
    2: ("gold", "金"),
    3: ("platinum", "diamond", "black", "白金", "鑽", "钻", "黑"),
}


def level_style(name: str | None, programme: Programme | None = None) -> int:
    """0 plain, 1 silver, 2 gold, 3 platinum: by a word in the name, else by the rank, the fourth and higher alike.

    `programme`: whose ranks are meant, if not those of the programme in force.
    """
    if not name:
        return 0
    folded = name.casefold()
    for style in (3, 1, 2):  # 白金 before 金
        if any(word in folded for word in _NAMES[style]):
            return style
    levels = programme.tiers.levels if programme and programme.tiers else shop().levels
    level = next((each for each in levels if each.name == name), None)
    return min(level.rank, 3) if level else 0
