"""Chinese text as words: the one tokeniser for indexing and asking, and the only import of jieba."""

import logging
import marshal
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import jieba

from corpus.fold import fold
from corpus.numerals import parse_numeral
from corpus.types import Document

jieba.setLogLevel(logging.CRITICAL)  # a full disk keeps its cache from being written: no loss

DATA = Path(__file__).parent / "data"

# Words that carry grammar, not subject matter; numbers and single nouns stay.
STOP_WORDS = frozenset((DATA / "stopwords.txt").read_text(encoding="utf-8").split())
# A number with its percent sign, a Latin word, or one run of Chinese characters.
_PIECE = re.compile(r"\d+(?:\.\d+)?%?|[a-z]+(?:[+\-][a-z0-9]+)*|[\u3400-\u9fff]+")
# A year spelled digit by digit: 二〇三五, also with the letter O that many captures have.
_SPELLED_YEAR = re.compile(r"[一二][〇零○o一二三四五六七八九]{3}(?!十)")
_QUOTED = re.compile(r"[“《]([^“”《》\n]{2,20})[”》]")
_UNIT_NOTE = re.compile(r"[(（][^()（）]*[)）]?$")
MAX_TERM = 12
# The name that jieba gives its compiled dictionary.
CACHE = "jieba.cache"
# Texts whose words are kept: every sentence of a plan is weighed for one question after another.
KEPT_TEXTS = 2048
# The first tokeniser of this process, with nothing but jieba's own dictionary.
_LOADED: list[jieba.Tokenizer] = []


def document_terms(document: Document) -> tuple[str, ...]:
    """The terms that a document itself marks out: quoted terms, titles of works, table indicators.

    Folded, sorted, without repetition; they become words of the tokeniser's dictionary.
    """
    terms = {match[1] for match in _QUOTED.finditer(document.text)}
    for table in document.tables:
        for row in table.rows:
            terms |= {row.category, _UNIT_NOTE.sub("", row.title).removeprefix("其中:")}
    folded = {fold(term) for term in terms}
    return tuple(sorted(term for term in folded if _is_word(term)))


def _is_word(term: str) -> bool:
    return 2 <= len(term) <= MAX_TERM and re.fullmatch(r"[\u3400-\u9fff]+", term) is not None


def _load_cached(first: jieba.Tokenizer, cache: Path) -> None:
    """Take over the dictionary that jieba keeps in its cache; nothing where there is none or it is damaged.

    jieba reads the file piece by piece, which takes three times as long.
    """
    try:
        first.FREQ, first.total = marshal.loads(cache.read_bytes())  # noqa: S302 - as jieba reads it
        first.initialized = True
    except (OSError, EOFError, ValueError, TypeError):
        return


def _jieba_of_its_own(cache_folder: Path | None) -> jieba.Tokenizer:
    """A jieba with its general dictionary, which takes time to load and so is loaded once."""
    if not _LOADED:
        first = jieba.Tokenizer()
        if cache_folder is not None:
            cache_folder.mkdir(parents=True, exist_ok=True)
            first.tmp_dir = str(cache_folder)
            _load_cached(first, cache_folder / CACHE)
        first.initialize()
        _LOADED.append(first)
    own = jieba.Tokenizer()
    own.FREQ, own.total, own.initialized = dict(_LOADED[0].FREQ), _LOADED[0].total, True
    return own


def _inside(term: str, jieba_: jieba.Tokenizer) -> frozenset[str]:
    """The words of two and three characters that `cut_for_search` finds inside a term anyway."""
    runs = (term[i : i + n] for n in (2, 3) for i in range(len(term) - n + 1))
    return frozenset(run for run in runs if len(term) > len(run) and jieba_.FREQ.get(run))


class Tokenizer:
    """Cuts text into words of jieba's dictionary and of the documents' own terms.

    Long words come with the shorter words inside them, so that 示范校 also finds 示范. `cache_folder`
    keeps jieba's compiled dictionary between processes; without it jieba uses the system's folder.
    """

    def __init__(self, terms: Iterable[str] = (), *, cache_folder: Path | None = None) -> None:
        self.terms = tuple(sorted(set(terms)))
        self._jieba = _jieba_of_its_own(cache_folder)
        plain = _LOADED[0]
        self._compounds = {
            term: tuple(
                word
                for word in plain.cut(term)
                if len(word) > 1 and word != term and word not in _inside(term, plain)
            )
            for term in self.terms
        }
        for term in self.terms:
            self._jieba.add_word(term)
        self._kept = lru_cache(maxsize=KEPT_TEXTS)(self._tokenized)

    def _words(self, piece: str) -> Iterator[str]:
        if not "\u3400" <= piece[0] <= "\u9fff":
            yield piece
            return
        for word in self._jieba.cut_for_search(piece):
            if word in self._compounds:  # what a reader says of it may be cut otherwise
                yield from self._compounds[word]
            yield word

    def tokenize(self, text: str) -> list[str]:
        """The words of a text, folded, in order, without punctuation and stop words.

        >>> Tokenizer().tokenize("到二〇二五年,建成智慧校園示範校１５所")
        ['2025', '建成', '智慧', '校园', '示范', '示范校', '15']
        """
        return list(self._kept(text))

    def _tokenized(self, text: str) -> tuple[str, ...]:
        digits = _SPELLED_YEAR.sub(lambda match: str(parse_numeral(match[0])), fold(text))
        return tuple(
            word
            for piece in _PIECE.findall(digits)
            for word in self._words(piece)
            if word not in STOP_WORDS
        )

    def cut(self, text: str) -> list[str]:
        """All pieces of a text, in order, no word guessed; joined they are the text.

        >>> Tokenizer().cut("再园幼儿有多少?")
        ['再', '园', '幼儿', '有', '多少', '?']
        """
        return list(self._jieba.cut(text, HMM=False))

    def is_word(self, text: str) -> bool:
        """Whether the dictionary, the documents' terms included, has this word.

        >>> Tokenizer().is_word("幼儿园"), Tokenizer().is_word("幼儿院")
        (True, False)
        """
        self._jieba.initialize()
        return bool(self._jieba.FREQ.get(text))

    def log_probability(self, pieces: Sequence[str]) -> float:
        """The natural logarithm of the pieces' probability, each taken by itself.

        A piece that the dictionary lacks counts as one that was seen once.
        """
        self._jieba.initialize()
        counts = (self._jieba.FREQ.get(piece, 0) or 1 for piece in pieces)
        return sum(math.log(count / self._jieba.total) for count in counts)
