"""The library: the plans that come with the program and the documents that were added to it.

    library_folder/<document_id>/    source.json (text and hints), metadata.toml, the file as it was

A document is written into a folder beside its place and renamed when it is whole.
"""

import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from corpus.clean import find_repairs
from corpus.describe import describe
from corpus.errors import DocumentError
from corpus.outline import outline
from corpus.readers import FORMATS, read_source
from corpus.source import HeadingHint, Source, TableHint
from corpus.types import Document, Metadata, Span

PLANS = Path(__file__).parent / "plans"
SOURCE = "source.json"
METADATA = "metadata.toml"
MAX_ID = 60


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


def _metadata(folder: Path) -> Metadata:
    try:
        fields = tomllib.loads((folder / METADATA).read_text(encoding="utf-8"))
        examples = tuple((who, question) for who, question in fields.get("examples", ()))
        return Metadata(**(fields | {"examples": examples}))
    except (OSError, tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise DocumentError(
            f"文件信息 {folder / METADATA} 读不出来({error})。请对照随程序附带的规划改正。"
        ) from error


def load_folder(folder: Path) -> Document:
    """The document in a folder that holds `source.txt` and `metadata.toml`; its id is the folder's name."""
    return make_document(folder.name, read_source(folder / "source.txt"), _metadata(folder))


@cache
def plans() -> tuple[Document, ...]:
    """The plans that come with the program, in the order of their ids."""
    folders = sorted(path.parent for path in PLANS.glob("*/source.txt"))
    return tuple(load_folder(folder) for folder in folders)


def _spans(pairs: Iterable[list[int]]) -> tuple[Span, ...]:
    return tuple(Span(*pair) for pair in pairs)


def _load_source(path: Path) -> Source:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return Source(
            text=fields["text"],
            title=fields["title"],
            headings=tuple(HeadingHint(Span(a, b), level) for a, b, level in fields["headings"]),
            leads=_spans(fields["leads"]),
            tables=tuple(TableHint(tuple(map(_spans, rows))) for rows in fields["tables"]),
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        document_id = path.parent.name
        raise DocumentError(
            f"文件库里的 {document_id} 损坏({path})。请运行 wengui corpus remove {document_id} 后重新添加。"
        ) from error


def _pairs(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _dump_source(source: Source) -> str:
    fields = {
        "text": source.text,
        "title": source.title,
        "headings": [[h.span.start, h.span.end, h.level] for h in source.headings],
        "leads": _pairs(source.leads),
        "tables": [[_pairs(row) for row in table.rows] for table in source.tables],
    }
    return json.dumps(fields, ensure_ascii=False)


def _dump_metadata(metadata: Metadata) -> str:
    lines = []
    for name, value in asdict(metadata).items():
        if isinstance(value, date):
            lines.append(f"{name} = {value.isoformat()}")
        elif value not in ("", None, ()):
            lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def document_id_of(metadata: Metadata) -> str:
    """An id that a person recognises: the title's words, then the document's own date.

    Two versions of one law differ by their date. No separator of paths survives in it.
    """
    name = (
        re.sub(r"[^\w㐀-鿿]+", "-", metadata.title).strip("-_")[:MAX_ID].strip("-_") or "document"
    )
    dated = metadata.written_on or metadata.published_on
    return f"{name}-{dated.isoformat()}" if dated else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What adding a file came to; `new` is False where the library had its text already."""

    path: Path
    document_id: str
    title: str
    new: bool


class Library:
    """The plans of the program and the documents in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _added(self) -> list[Path]:
        return sorted(
            path.parent for path in self.folder.glob(f"*/{SOURCE}") if path.parent.name[0] != "."
        )

    def documents(self) -> tuple[Document, ...]:
        """All documents, the program's plans first, then in the order of their ids."""
        added = (
            make_document(folder.name, _load_source(folder / SOURCE), _metadata(folder))
            for folder in self._added()
        )
        return (*plans(), *added)

    def get(self, document_id: str) -> Document:
        """The document of that id; DocumentError names those there are."""
        for document in plans():
            if document.document_id == document_id:
                return document
        folder = self.folder / document_id
        if folder.name != document_id or folder not in self._added():
            raise DocumentError(f"文件库里没有 {document_id}。用 wengui corpus list 查看都有哪些。")
        return make_document(document_id, _load_source(folder / SOURCE), _metadata(folder))

    def _holder(self, source: Source) -> str | None:
        """The id of the document with the same text, if there is one."""
        for document in plans():
            if document.text == source.text:
                return document.document_id
        digest = sha256(source.text.encode()).hexdigest()
        for folder in self._added():
            if sha256(_load_source(folder / SOURCE).text.encode()).hexdigest() == digest:
                return folder.name
        return None

    def add(self, path: Path) -> Added:
        """Add a file; DocumentError where it cannot be read, and then nothing is changed."""
        source = read_source(path)
        metadata = describe(source, path.name)
        if holder := self._holder(source):
            return Added(path=path, document_id=holder, title=metadata.title, new=False)
        document_id = self._free_id(document_id_of(metadata))
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".adding-") as work:
            made = Path(work) / "document"
            made.mkdir()
            (made / SOURCE).write_text(_dump_source(source), encoding="utf-8")
            (made / METADATA).write_text(_dump_metadata(metadata), encoding="utf-8")
            shutil.copyfile(path, made / f"original{path.suffix.lower()}")
            make_document(document_id, source, metadata)  # what cannot be outlined is not added
            made.rename(self.folder / document_id)
        return Added(path=path, document_id=document_id, title=metadata.title, new=True)

    def _free_id(self, wanted: str) -> str:
        taken = {document.document_id for document in plans()} | {p.name for p in self._added()}
        document_id, count = wanted, 1
        while document_id in taken:
            count += 1
            document_id = f"{wanted}-{count}"
        return document_id

    def remove(self, document_id: str) -> None:
        """Take a document out; DocumentError where there is none or it belongs to the program."""
        if any(document.document_id == document_id for document in plans()):
            raise DocumentError(f"{document_id} 随程序附带,不能移除。")
        self.get(document_id)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".removing-") as work:
            (self.folder / document_id).rename(Path(work) / "document")


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files among the paths, and those of known formats under the folders, sorted."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.suffix.lower() in FORMATS and p.is_file())
            found += sorted(inside)
        else:
            found.append(path)
    return found
