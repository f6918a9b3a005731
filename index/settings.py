"""What the index can be told. Values are read from file and environment by `assistant.settings`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from corpus.errors import SettingsError

# What runs the offline embedder while serving: its ONNX export, or sentence-transformers itself.
Engine = Literal["onnx", "torch"]
ONNX: Engine = "onnx"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromaAddress:
    """Where a Chroma server listens."""

    host: str
    port: int
    ssl: bool

    @property
    def url(self) -> str:
        """The address as a person reads it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.ssl else 'http'}://{host}:{self.port}"


def chroma_address(url: str) -> ChromaAddress:
    """The parts of `http://host:port`; SettingsError where the text is not of that form.

    >>> chroma_address("http://chroma.local").port
    8000
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    plain = not (parts.username or parts.password or parts.query or parts.path.strip("/"))
    if parts.scheme not in ("http", "https") or not host or not plain:
        raise SettingsError(
            f"设置 chroma_url(环境变量 WENGUI_CHROMA_URL)的值 {url.rpartition('@')[2]!r} 不合适。"
            "请写成 http://主机:端口 的样子,例如 http://127.0.0.1:8000。"
        )
    ssl = parts.scheme == "https"
    return ChromaAddress(host=host, port=port or (443 if ssl else 8000), ssl=ssl)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """Where the index stands and what it is built with.

    Attributes:
        index_folder: holds the builds and the name of the current one.
        cache_folder: holds what can be made again: the offline embedder, jieba's dictionary.
        embedder: `offline`, `hashing`, a folder, or a name on a hub. Offline, because the program
            must do its whole job without a network.
        reranker: '' for the fitted weights, else a cross-encoder's folder or name on a hub.
        chroma_url: the Chroma server that holds the vectors. None, because one machine needs no
            server; one is for several replicas that share one collection.
        engine: what embeds questions with the offline embedder: `onnx`, or the reference `torch`. An
            index is built with the reference; the export is the same embedder, several times as fast.
    """

    index_folder: Path
    cache_folder: Path
    embedder: str = "offline"
    reranker: str = ""
    chroma_url: str = ""
    engine: Engine = ONNX

    @property
    def chroma_address(self) -> ChromaAddress | None:
        """Where the Chroma server listens; None without one, SettingsError where the URL is no URL."""
        return chroma_address(self.chroma_url) if self.chroma_url else None
