"""The choice of tokens under a grammar."""

import numpy as np
import pytest

from tank_core.exceptions import ModelError
from tank_llama.constrained import surprise


def test_surprise_is_the_probabilitys_logarithm():
    logits = np.log(np.array([0.5, 0.25, 0.25], np.float32)) + 1000
    assert surprise(logits, 0) == pytest.approx(np.log(2), rel=1e-4)
    assert surprise(logits, 2) == pytest.approx(np.log(4), rel=1e-4)


def test_the_likeliest_admitted_token_is_chosen_however_deep_it_lies(context):
    grammar = context.grammar('root ::= "b" | "a"\n')
    (a,), (b,) = context.tokens("a"), context.tokens("b")
    logits = np.linspace(2.0, 1.0, context.n_vocab, dtype=np.float32)
    logits[[a, b]] = -5.0, -6.0
    assert grammar.choose(logits) == a
    logits[[a, b]] = -5.0, -5.0
    assert grammar.choose(logits) == min(a, b)
    logits[[a, b]] = 3.0, 9.0
    assert grammar.choose(logits) == b
    grammar.accept(b)
    assert context.is_end(grammar.choose(logits))
    grammar.restart()
    assert grammar.choose(logits) == b
    grammar.close()


def test_a_grammar_that_is_none_is_an_error(context):
    with pytest.raises(ModelError, match="grammar"):
        context.grammar("root ::= (")
