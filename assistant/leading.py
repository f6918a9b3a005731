"""The passages that an exact answer rests on come first among those that were found."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.draft import Draft, Place
from index.types import Hit, Passage


def _shows(passage: Passage, place: Place) -> bool:
    return passage.document_id == place.document.document_id and place.span in passage.span


def _lists(passage: Passage, place: Place) -> bool:
    return passage.document_id == place.document.document_id and any(
        place.span in shown for shown in passage.shows
    )


def _passage_of(
    place: Place, found: Sequence[Passage], passages: Sequence[Passage]
) -> Passage | None:
    """The passage that shows a place, one that was found sooner than another, else an outline that lists it."""
    for among in (found, passages):
        for holds in (_shows, _lists):
            holding = [passage for passage in among if holds(passage, place)]
            if holding:
                return min(holding, key=lambda passage: len(passage.span))
    return None


def _outside_contents(place: Place) -> bool:
    return place.document.section(place.section_id).kind != "contents"


def _leading(
    draft: Draft, found: Sequence[Passage], passages: Sequence[Passage]
) -> Iterator[Passage]:
    # Whoever asks for chapters and sections by their numbers looks at the table of contents.
    places = sorted(draft.statements[0].places, key=_outside_contents)
    for place in places:
        if passage := _passage_of(place, found, passages):
            yield passage


def led_by(draft: Draft, hits: Sequence[Hit], passages: Sequence[Passage]) -> tuple[Hit, ...]:
    """The hits with the passages of the draft's first statement in front; as many as before, if that many.

    The scores stay where they were: the first one's is still how likely the first passage answers.
    """
    found = [hit.passage for hit in hits]
    of_passage = {hit.passage.passage_id: hit for hit in hits}
    order = {p.passage_id: p for p in (*_leading(draft, found, passages), *found)}
    ranked = list(order.values())[: len(hits)]
    return tuple(
        replace(
            of_passage.get(passage.passage_id) or Hit(passage=passage, score=0.0, rank=0),
            score=hits[place].score,
            rank=place + 1,
        )
        for place, passage in enumerate(ranked)
    )
