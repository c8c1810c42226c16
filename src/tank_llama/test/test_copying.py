"""After a span come words of the sentence, whole, in their order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_llama.copying import Span, source

CLOSING, VOCABULARY = 0, 40


def admitted(span: Span) -> set[int]:
    narrow = span.narrowed(np.arange(VOCABULARY, dtype=np.float32))
    return {*np.flatnonzero(np.isfinite(narrow)).tolist()}


def test_words_have_a_space_before_them_and_a_comma_stands_for_what_no_name_goes_over() -> None:
    assert source("call it \"anna's x-ray\", bob's") == " call it , anna's x-ray , bob's"
    assert source("'den' - 7b (two)") == " , den , , 7b , two ,"


@settings(max_examples=50)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=12), st.data())
def test_what_is_accepted_is_a_span_of_whole_words(lengths: list[int], data: st.DataObject) -> None:
    pieces = [b"x" if inside else b" x" for length in lengths for inside in range(length)]
    tokens = [data.draw(st.integers(1, 5)) for _ in pieces]
    span, written = Span(tokens, pieces, CLOSING), []
    while True:
        choices = admitted(span)
        assert choices
        token = data.draw(st.sampled_from(sorted(choices)))
        if not span.accept(token):
            break
        written.append(token)
    ends = [
        at + len(written) for at in range(len(tokens)) if tokens[at:][: len(written)] == written
    ]
    begins = [at - len(written) for at in ends]
    starts = {at for at, piece in enumerate(pieces) if piece.startswith(b" ")} | {len(pieces)}
    assert written
    assert any(begin in starts and end in starts for begin, end in zip(begins, ends, strict=True))


def test_the_likeliest_span_stays_the_likeliest() -> None:
    span = Span([7, 8, 9], [b" go", b" to", b" den"], CLOSING)
    assert admitted(span) == {7, 8, 9}
    assert span.accept(9)
    assert admitted(span) == {CLOSING}
