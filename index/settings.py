"""What the index can be told. Values are read from file and environment by `assistant.settings`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """Where the index stands and what it is built with.

    Attributes:
        index_folder: holds the builds and the name of the current one.
        cache_folder: holds what can be made again: the offline embedder, jieba's dictionary.
        embedder: `offline`, `hashing`, a folder, or a name on a hub. Offline, because the program
            must do its whole job without a network.
        reranker: '' for the fitted weights, else a cross-encoder's folder or name on a hub.
    """

    index_folder: Path
    cache_folder: Path
    embedder: str = "offline"
    reranker: str = ""
