"""Tokens of a model file."""

from tiny_gguf import LONG_TOKEN


def test_a_sentence_cannot_bring_the_models_own_tokens(context):
    control = context.tokens("<eos>", special=True)
    assert len(control) == 1
    assert control[0] not in context.tokens("<eos>")


def test_a_token_longer_than_32_bytes_keeps_its_text(context):
    (token,) = context.tokens(LONG_TOKEN)
    assert context.piece(token) == LONG_TOKEN.encode()
    assert (
        b"".join(map(context.piece, context.tokens("\u00e9t\u00e9 <move>")))
        == "\u00e9t\u00e9 <move>".encode()
    )
