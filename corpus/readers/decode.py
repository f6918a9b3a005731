"""Bytes as text: UTF-8 and UTF-16 with or without a mark, GB18030, Big5."""

import codecs

from charset_normalizer import from_bytes

from corpus.errors import DocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODINGS = ["gb18030", "big5", "utf_16_le", "utf_16_be"]
# Signatures of files that hold no plain text, whatever their name says.
_BINARY = {
    b"PK\x03\x04": "压缩包或 Office 文件",
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"\xd0\xcf\x11\xe0": "旧版 Office 文件",
    b"\x7fELF": "程序",
    b"MZ": "程序",
}


def _strict(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _guessed(data: bytes) -> str | None:
    found = from_bytes(data, cp_isolation=_ENCODINGS).best()
    return None if found is None else str(found)


def decode(data: bytes, name: str) -> str:
    """The text of a file's bytes; `name` is what the DocumentError calls the file.

    >>> decode("义务教育优质均衡发展".encode("gb18030"), "a.txt")
    '义务教育优质均衡发展'
    """
    for signature, kind in _BINARY.items():
        if data.startswith(signature):
            raise DocumentError(
                f"文件 {name} 的内容是{kind},与扩展名不符。请改用正确的扩展名或另存为文本。"
            )
    try:
        text = _strict(data)
    except UnicodeDecodeError:
        text = None
    if text is None or "\0" in text:
        text = _guessed(data)
    if text is None or "\0" in text:
        raise DocumentError(f"文件 {name} 不是文本,或编码无法识别。请另存为 UTF-8 文本后再试。")
    return text
