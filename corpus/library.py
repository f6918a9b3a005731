"""Which documents there are: the plans that come with the program."""

import tomllib
from functools import cache
from pathlib import Path

from corpus.clean import find_repairs
from corpus.errors import DocumentError
from corpus.outline import outline
from corpus.readers import read_source
from corpus.source import Source
from corpus.types import Document, Metadata

PLANS = Path(__file__).parent / "plans"


def make_document(document_id: str, source: Source, metadata: Metadata) -> Document:
    """The Document of a source: its outline and the ledger of repairs."""
    repairs = find_repairs(source.text)
    structure = outline(source, repairs)
    return Document(
        document_id=document_id,
        text=source.text,
        metadata=metadata,
        sections=structure.sections,
        paragraphs=structure.paragraphs,
        tables=structure.tables,
        card=structure.card,
        repairs=repairs,
    )


def load_folder(folder: Path) -> Document:
    """The document in a folder that holds `source.txt` and `metadata.toml`; its id is the folder's name."""
    source = read_source(folder / "source.txt")
    try:
        fields = tomllib.loads((folder / "metadata.toml").read_text(encoding="utf-8"))
        metadata = Metadata(**fields)
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        raise DocumentError(
            f"文件信息 {folder / 'metadata.toml'} 读不出来({error})。请对照随程序附带的规划改正。"
        ) from error
    return make_document(folder.name, source, metadata)


@cache
def load_library() -> tuple[Document, ...]:
    """The documents that answers are drawn from, in the order of their ids."""
    folders = sorted(path.parent for path in PLANS.glob("*/source.txt"))
    return tuple(load_folder(folder) for folder in folders)
