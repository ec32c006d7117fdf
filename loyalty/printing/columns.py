"""Text in columns: how wide it is, where it breaks, and how two ends share a line. Chinese takes two columns."""

import unicodedata


def width_of(text: str) -> int:
    """Columns that `text` takes: 2 for Chinese and full-width signs, 0 for marks that sit on others, else 1."""
    return sum(cells(character) for character in text)


def cells(character: str) -> int:
    """Columns of one character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns`: between words where there are blanks, else anywhere."""
    lines, line = [], ""
    for word in _pieces(text):
        if width_of(line + word.rstrip()) <= columns:
            line += word
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = word.lstrip()
        while width_of(line.rstrip()) > columns:
            head = _head(line, columns)
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _head(text: str, columns: int) -> str:
    """The longest beginning that fits; at least one character."""
    taken = 0
    for at, character in enumerate(text):
        taken += cells(character)
        if taken > columns and at:
            return text[:at]
    return text


def _pieces(text: str) -> list[str]:
    """Words with the blank after them; each Chinese character stands alone, closing marks stay with what they close."""
    pieces: list[str] = []
    for character in text:
        joins = pieces and not pieces[-1].endswith(" ")
        closing = unicodedata.category(character) in ("Pe", "Pf", "Po")
        alone = cells(character) == 2 and not closing
        after_wide = bool(joins) and cells(pieces[-1][-1]) == 2
        if joins and (character == " " or closing or (not alone and not after_wide)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def spread(left: str, right: str, columns: int) -> list[str]:
    """`left` and `right` at the two ends, right-aligned to the last column. A long left is wrapped beside it."""
    if not right:
        return wrap(left, columns)
    room = columns - width_of(right) - 1
    if room < min(width_of(left), columns // 3):
        return [*wrap(left, columns), *(_right(line, columns) for line in wrap(right, columns))]
    first, *rest = wrap(left, room)
    # the amount stands beside the first line, so that an eye running down the column meets it there
    return [first + " " * (columns - width_of(first) - width_of(right)) + right, *rest]


def _right(line: str, columns: int) -> str:
    return " " * (columns - width_of(line)) + line
