"""Pinyin initials, for whoever types gzjd and means 高中阶段; the only import of pypinyin."""


def initials(text: str) -> str:
    """The text with each Chinese character replaced by the first letter of its reading.

    Phrases decide between readings; other characters stay as they are, in lower case.

    >>> initials("高中阶段毛入学率(%)"), initials("重庆市")
    ('gzjdmrxl(%)', 'cqs')
    """
    from pypinyin import Style, lazy_pinyin

    letters: list[str] = lazy_pinyin(text, style=Style.FIRST_LETTER, errors=lambda other: other)
    return "".join(letters).lower()
