"""Which file is the model, and whether it is the published one."""

import hashlib

import pytest

from tank_core.exceptions import ModelError
from tank_core.io.checkout import MARK
from tank_llama.model_file import (
    DEFAULT_NAME,
    find_model,
    is_published,
    model_folders,
    published_sums,
)


def test_what_is_given_comes_before_the_environment_before_the_default(monkeypatch, tmp_path):
    monkeypatch.setenv("TANK_MODEL", "/somewhere/other.gguf")
    assert str(find_model("mine.gguf")) == "mine.gguf"
    assert str(find_model()) == "/somewhere/other.gguf"
    monkeypatch.delenv("TANK_MODEL")
    assert find_model().name == DEFAULT_NAME


def test_the_default_is_found_in_a_checkout_and_in_an_installed_share_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("TANK_MODEL", raising=False)
    share = tmp_path / "install" / "share" / "tank_language" / "models"
    checkout = tmp_path / "checkout"
    for folder in (share, checkout / "models", (checkout / MARK).parent):
        folder.mkdir(parents=True)
    (checkout / MARK).touch()
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"/opt/none:{tmp_path / 'install'}")
    monkeypatch.setenv("TANK_ROOT", str(checkout))
    assert model_folders()[0] == checkout / "models"
    (share / DEFAULT_NAME).touch()
    assert find_model() == share / DEFAULT_NAME
    (checkout / "models" / DEFAULT_NAME).touch()
    assert find_model() == checkout / "models" / DEFAULT_NAME


def test_a_published_file_is_known_and_a_changed_one_is_refused(tmp_path):
    model = tmp_path / "a.gguf"
    model.write_bytes(b"weights")
    assert not is_published(model)
    (tmp_path / "SHA256SUMS").write_text(
        f"{hashlib.sha256(b'weights').hexdigest()}  a.gguf\n{'0' * 64} *b.gguf\n\nnonsense\n"
    )
    assert is_published(model)
    assert published_sums(tmp_path)["b.gguf"] == "0" * 64
    model.write_bytes(b"weighta")
    with pytest.raises(ModelError, match="damaged"):
        is_published(model)


def test_an_unreadable_list_of_sums_lists_nothing(tmp_path):
    (tmp_path / "SHA256SUMS").write_bytes(b"\xff\xfe\x00")
    assert published_sums(tmp_path) == {}
