"""Fixtures that the tests share.

A language model by name, nodes, and an environment that ends with them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from nodes_apart import EXECUTOR, LANGUAGE, ROBOT, Nodes, domain
from stand_ins import TableModel

from tank_core.ros.runtime.discovery import PROFILES, VARIABLES


@pytest.fixture(scope="session", autouse=True)
def discovery() -> Iterator[None]:
    """End with the tests what the commands set in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES:
            patch.setenv(name, str(PROFILES))
        yield


@pytest.fixture(scope="module")
def stack() -> Iterator[Nodes]:
    """A robot without a world, an executor and a translator, heard by nobody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROS_DOMAIN_ID", domain())
        patch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
        nodes = Nodes(ROBOT, EXECUTOR, LANGUAGE)
        yield nodes
        nodes.close()


@pytest.fixture
def table_model(monkeypatch: pytest.MonkeyPatch) -> TableModel:
    """Let every command load a model that answers from a table."""
    model = TableModel()
    monkeypatch.setattr("tank_language.gguf_model.load_model", lambda *_, **__: model)
    return model
