"""Which character a byte is: the code pages of ESC t and the code sets of Kanji mode."""

CODE_PAGES = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737", 15: "iso8859_7", 16: "cp1252",
    17: "cp866", 18: "cp852", 19: "cp858", 32: "cp720", 33: "cp775", 34: "cp855", 35: "cp861", 36: "cp862",
    37: "cp864", 38: "cp869", 39: "iso8859_2", 40: "iso8859_15", 45: "cp1250", 46: "cp1251", 47: "cp1253", 48: "cp1254",
    49: "cp1255", 50: "cp1256", 51: "cp1257", 52: "cp1258", 53: "kz1048",
}  # fmt: skip
"""ESC t n of Epson's TM series; clones differ above 19."""
KATAKANA = 1
_KATAKANA_SIGNS = {
    0x80: "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯",
    0xE0: "═╞╪╡◢◣◥◤♠♥♦♣●○╱╲╳円年月日時分秒〒市区町村人 ",
}


def decode(page: int, byte: int) -> str:
    """The character; a byte that the page leaves empty is a blank, a page nobody knows is PC437."""
    if page == KATAKANA and byte >= 0x80:
        return _katakana(byte)
    return bytes((byte,)).decode(CODE_PAGES.get(page, "cp437"), "replace").replace("\ufffd", " ")


def _katakana(byte: int) -> str:
    for start, signs in _KATAKANA_SIGNS.items():
        if start <= byte < start + len(signs):
            return signs[byte - start]
    return chr(0xFF61 + byte - 0xA1) if 0xA1 <= byte <= 0xDF else " "


def kanji_length(codec: str, data: bytes) -> int:
    """Bytes of the character that `data` starts with: 2, or 4 in the far rows of GB18030."""
    return 4 if codec == "gb18030" and len(data) > 1 and 0x30 <= data[1] <= 0x39 else 2


def decode_kanji(codec: str, data: bytes) -> str:
    """The character, or a blank square as a ROM without it prints."""
    text = data.decode(codec, "replace")
    return text if len(text) == 1 and text != "\ufffd" else "□"
