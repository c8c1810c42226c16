"""A file that ends llama.cpp's process ends only the one that tries it."""

import pytest

from tank_core.exceptions import ModelError
from tank_llama.trial import try_model


def test_a_good_file_passes(make_gguf):
    try_model(make_gguf(), 512)


def test_a_file_on_which_llama_cpp_aborts_is_refused_and_this_process_lives(make_gguf, tmp_path):
    data = make_gguf().read_bytes()
    # Two tokens of one name: an assertion of llama.cpp's, behind every check of the header.
    first = data.index(b"<move>")
    second = data.index(b"<stop>")
    path = tmp_path / "twins.gguf"
    path.write_bytes(data[:second] + data[first : first + 6] + data[second + 6 :])
    with pytest.raises(ModelError, match="cannot live with") as caught:
        try_model(path, 512)
    assert "\n" not in str(caught.value)


def test_what_the_trial_found_out_is_told_in_its_words(make_gguf):
    with pytest.raises(ModelError, match="no finite numbers"):
        try_model(make_gguf(nan=True), 512)
