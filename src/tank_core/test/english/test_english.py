"""English as data: files say what they seem to.

Fragments are in their places.
"""

from pathlib import Path

import pytest

from tank_core import english

FILES = sorted(path.stem for path in Path(english.__file__).parent.glob("*.yaml"))


def test_fragments_are_filled_in_and_pieces_joined():
    assert english.filled(["a{SMALL}", "b{1,2}"], {"SMALL": "(?:x|y)"}) == "a(?:x|y)b{1,2}"


def test_a_fragment_that_nobody_gave_is_an_error():
    with pytest.raises(KeyError, match="COLOR"):
        english.patterns("choices")


@pytest.mark.parametrize("name", FILES)
def test_yaml_has_taken_no_word_for_something_else(name):
    """To YAML a bare "on", "no" or "off" is true or false."""
    assert FILES
    _only_texts_as_keys(english.read(name))


def _only_texts_as_keys(data):
    if isinstance(data, dict):
        assert all(isinstance(key, str) for key in data), data
        data = list(data.values())
    if isinstance(data, list):
        for part in data:
            _only_texts_as_keys(part)
    else:
        assert not isinstance(data, bool)
