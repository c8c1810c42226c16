"""Files that are no whole language model are told apart.

Each with a reason of one line.
"""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.exceptions import ModelError
from tank_llama.gguf_header import _BLOCKS, read_header


def string(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


def gguf(version: int = 3, tensors: int = 0, keys: int = 0, rest: bytes = b"") -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys) + rest


def test_a_whole_file_tells_its_metadata_and_tensors(make_gguf):
    header = read_header(make_gguf())
    assert header.metadata["general.architecture"] == "gemma3"
    assert header.metadata["tank.answer"] == "shorthand"
    assert header.metadata["tokenizer.ggml.tokens"] > 256  # an array, told by its length
    assert "token_embd.weight" in {tensor.name for tensor in header.tensors}


def test_it_agrees_with_the_gguf_package(make_gguf):
    gguf_package = pytest.importorskip("gguf")
    theirs = {
        tensor.name: (tuple(tensor.shape), tensor.n_bytes)
        for tensor in gguf_package.GGUFReader(make_gguf()).tensors
    }
    assert {
        tensor.name: (tensor.shape, tensor.size) for tensor in read_header(make_gguf()).tensors
    } == theirs


def test_block_sizes_are_those_of_the_gguf_package():
    sizes = {int(kind): size for kind, size in pytest.importorskip("gguf").GGML_QUANT_SIZES.items()}
    assert {kind: sizes[kind] for kind in _BLOCKS} == _BLOCKS


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.05, 0.2, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(make_gguf, tmp_path, share):
    data = make_gguf().read_bytes()
    path = tmp_path / "cut.gguf"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelError, match=r"truncated|not a GGUF"):
        read_header(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a GGUF"),
        (b"hello", "not a GGUF"),
        (b"\x89PNG\r\n\x1a\n" * 100, "not a GGUF"),
        (b"GGUF", "truncated"),
        (b"FUGG" + b"\0" * 100, "not a GGUF"),
        (gguf(version=1), "version 1"),
        (gguf(version=0x03000000), "version"),
        (gguf(tensors=2**60), "announces"),
        (gguf(keys=2**63), "announces"),
        (gguf(), "without general.architecture"),
        (
            gguf(
                keys=1,
                rest=string(b"general.architecture") + struct.pack("<I", 8) + string(b"clip"),
            ),
            "without tokenizer.ggml.model",
        ),
        (gguf(keys=1, rest=string(b"general.alignment") + struct.pack("<II", 4, 0)), "alignment"),
        (gguf(keys=1, rest=string(b"x") + struct.pack("<I", 99) + b"\0" * 8), "unknown type 99"),
        (
            gguf(keys=1, rest=string(b"x") + struct.pack("<IIQ", 9, 9, 1) + b"\0" * 8),
            "unknown type 9",
        ),
        (gguf(tensors=1, rest=string(b"t") + struct.pack("<IQIQ", 1, 0, 0, 0)), "shape"),
        (gguf(tensors=1, rest=string(b"t") + struct.pack("<IQIQ", 1, 2**50, 0, 0)), "shape"),
        (gguf(tensors=1, rest=string(b"t") + struct.pack("<IQIQ", 9, 4, 0, 0)), "dimensions"),
    ],
)
def test_a_foreign_or_damaged_file_is_refused_in_one_line_that_names_it(tmp_path, content, words):
    path = tmp_path / "some.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=words) as caught:
        read_header(path)
    assert "some.gguf" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(ModelError, match="does not exist"):
        read_header(tmp_path / "none.gguf")
    with pytest.raises(ModelError, match="not a file"):
        read_header(tmp_path)


@settings(max_examples=100)
@given(data=st.data())
def test_a_damaged_header_is_read_or_refused_and_nothing_else(make_gguf, tmp_path_factory, data):
    content = bytearray(make_gguf().read_bytes())
    for position, value in data.draw(
        st.lists(st.tuples(st.integers(0, 12_000), st.integers(0, 255)), min_size=1, max_size=5)
    ):
        content[position] = value
    path = tmp_path_factory.getbasetemp() / "damaged.gguf"
    path.write_bytes(content)
    try:
        read_header(path)
    except ModelError as error:
        assert "\n" not in str(error)
