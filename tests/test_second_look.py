"""What a judge says of the sentences that were read again decides among figures too."""

from assistant.pipeline import Assistant
from assistant.second_look import Reading


def test_a_figure_of_a_sentence_that_answers_comes_first(assistant: Assistant) -> None:
    found = assistant.retrieve(assistant.read("普通话普及率要达到多少"))
    scores = [score for score, _ in found.figures]
    (_, first), *others = found.figures
    other = next(f for _, f in others if f.evidence.span != first.evidence.span)
    places = [(f.evidence.document.document_id, f.evidence.span) for f in (first, other)]
    unsure = Reading((), (), dict.fromkeys(places, 0.0))
    assert unsure.of_figures(found.figures)[0] == (scores[0], first)
    surer = Reading((), (), dict(zip(places, (-20.0, 20.0), strict=True)))
    assert surer.of_figures(found.figures)[0][1].evidence.span == other.evidence.span


def test_figures_that_were_not_read_count_as_the_least_of_those_read(assistant: Assistant) -> None:
    found = assistant.retrieve(assistant.read("普通话普及率要达到多少"))
    first = found.figures[0][1].evidence
    read = Reading((), (), {(first.document.document_id, first.span): 5.0})
    assert [figure for _, figure in read.of_figures(found.figures)] == [
        figure for _, figure in found.figures
    ]
