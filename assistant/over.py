"""The assistant over texts or files that are not kept: nothing is stored but what can be made again."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from assistant.pipeline import Assistant, open_writer
from assistant.settings import Settings
from corpus.describe import describe
from corpus.errors import InputError
from corpus.library import document_id_of, find_files, make_document
from corpus.readers import FORMATS, read_bytes, read_source
from corpus.source import Source
from corpus.types import Document
from index.embedders import open_embedder
from index.memory import retriever_over
from index.settings import Engine
from index.types import Embedder

# How many assistants are kept for rows of a batch that bring the same texts.
KEPT = 8


@cache
def _embedder(name: str, cache_folder: Path, engine: Engine) -> Embedder:
    """The embedder, whose weights are loaded once a process."""
    return open_embedder(name, cache_folder, engine)


def embedder_of(settings: Settings) -> Embedder:
    """The embedder of the settings, whose weights are loaded once a process."""
    return _embedder(settings.embedder, settings.cache_folder, settings.engine)


def assistant_over(
    documents: Sequence[Document],
    settings: Settings,
    *,
    progress: Callable[[int], None] | None = None,
) -> Assistant:
    """An assistant that answers over these documents alone; nothing is stored."""
    embedder = embedder_of(settings)
    retriever = retriever_over(documents, embedder, settings.cache_folder, progress=progress)
    return Assistant(retriever, documents, open_writer(settings))


def _documents(sources: Iterable[tuple[Source, str]]) -> tuple[Document, ...]:
    """A document for each (source, name), a text that comes twice only once; no two ids are alike."""
    made: dict[str, Document] = {}
    texts: set[str] = set()
    for source, name in sources:
        if source.text in texts:
            continue
        texts.add(source.text)
        metadata = describe(source, name)
        wanted = document_id = document_id_of(metadata)
        count = 1
        while document_id in made:
            count += 1
            document_id = f"{wanted}-{count}"
        made[document_id] = make_document(document_id, source, metadata)
    return tuple(made.values())


def documents_of_files(paths: Sequence[Path]) -> tuple[Document, ...]:
    """The documents in files, and in folders of them; DocumentError names the one that cannot be read."""
    files = find_files(paths)
    if not files:
        raise InputError(f"{paths[0]} 里没有可读的文件。支持的扩展名:{'、'.join(FORMATS)}。")
    return _documents((read_source(path), path.name) for path in files)


def documents_of_texts(texts: Sequence[str]) -> tuple[Document, ...]:
    """A document for each text; InputError where one is empty or no text."""
    sources = []
    for number, text in enumerate(texts, start=1):
        if not text.strip():
            raise InputError(f"documents 的第 {number} 项是空的。")
        try:
            data = text.encode()
        except UnicodeEncodeError as error:
            raise InputError(f"documents 的第 {number} 项不是有效的文本。") from error
        name = f"文本{number}.txt"
        sources.append((read_bytes(data, name), name))
    return _documents(sources)


class OverTexts:
    """Assistants over texts, the last few kept, so that rows with the same texts embed them once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: OrderedDict[str, Assistant] = OrderedDict()

    def assistant(self, texts: Sequence[str]) -> Assistant:
        """The assistant over these texts alone; InputError where one is empty or no text."""
        key = sha256("\0".join(map(repr, texts)).encode()).hexdigest()
        if key not in self._kept:
            self._kept[key] = assistant_over(documents_of_texts(texts), self._settings)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]
