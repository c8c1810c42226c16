"""What the tests share: a language model by name, and an environment that ends with them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tank_core.discovery import PROFILES, VARIABLES

sys.path.insert(0, str(Path(__file__).parent))  # tests are imported by path (importlib mode), what they share by name

from tank_cli_fakes import TableModel


@pytest.fixture(scope="session", autouse=True)
def discovery() -> Iterator[None]:
    """What the commands set in the environment ends with the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES:
            patch.setenv(name, str(PROFILES))
        yield


@pytest.fixture
def table_model(monkeypatch: pytest.MonkeyPatch) -> TableModel:
    """Every command loads this model."""
    model = TableModel()
    monkeypatch.setattr("tank_language.llama_model.load_model", lambda *_, **__: model)
    return model
