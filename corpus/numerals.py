"""Chinese numerals as integers, both as counted (二十一) and as spelled digit by digit (二〇三五)."""

DIGITS = {
    **dict(zip("〇一二三四五六七八九", range(10), strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "○": 0,
    "O": 0,  # typed for 〇 in many captures: 二O三五
    "o": 0,
    "两": 2,
}
UNITS = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "千": 1000,
    "仟": 1000,
    "万": 10_000,
    "亿": 10**8,
}
NUMERAL_CHARACTERS = "".join([*DIGITS, *UNITS])


def parse_numeral(text: str) -> int | None:
    """The value of a Chinese numeral, or None where the text is not one.

    >>> [parse_numeral(text) for text in ("十", "二十一", "一百零五", "二〇三五", "三万", "教育")]
    [10, 21, 105, 2035, 30000, None]
    """
    if not text or any(character not in NUMERAL_CHARACTERS for character in text):
        return None
    if not any(character in UNITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif UNITS[character] >= UNITS["万"]:
            total = (total + section + digit or 1) * UNITS[character]
            section = digit = 0
        else:
            section += (digit or 1) * UNITS[character]
            digit = 0
    return total + section + digit
