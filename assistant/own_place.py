"""The place that a document is about, which its questions name and its sentences do not repeat."""

import re

from corpus.types import Document

# 重庆市 and 万州 of 重庆市万州区; a school's own name keeps its place.
_REGION = re.compile(r"^(?P<upper>.+?[省市州])?(?P<name>[^省市区县]{2,}?)[区县市州]$")
_NO_SCHOOL = r"(?!中学|[一二三四五六七八九十]中)"


def without_own_place(asked: str, document: Document) -> str:
    """The question without the place that all of a document is about, which its sentences do not repeat.

    The judge takes a place that the sentence does not name for another one.
    """
    region = _REGION.search(document.metadata.region)
    if region is None:
        return asked
    upper, name = re.escape(region["upper"] or ""), re.escape(region["name"])
    return re.sub(f"在?(?:{upper})?{name}[区县市州]?{_NO_SCHOOL}", "", asked) or asked
