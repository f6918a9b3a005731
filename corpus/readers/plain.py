"""Plain text in UTF-8, with or without a byte order mark."""

from pathlib import Path

from corpus.errors import DocumentError


def read_text(path: Path) -> str:
    """The characters of a text file, line ends included; DocumentError where it is not UTF-8 text."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DocumentError(f"文件 {path} 打不开({error.strerror})。请检查路径和权限。") from error
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"文件 {path} 第 {error.start} 字节起不是 UTF-8 文本。请另存为 UTF-8 后再试。"
        ) from error
