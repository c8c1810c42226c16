"""The examples in the docstrings of the public contracts run as written.

The contracts are those that docs/api/ shows.
"""

from __future__ import annotations

import ast
import builtins
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What an example prints, by the class in whose docstring it stands.
SHOWN = {
    "tank_core.backend.Backend": "",
    "tank_episode.episode.Episode": "holding the red cube",
    "tank_ik.solver.Solver": "within reach",
    "tank_language.conversation.Conversation": "Turn",
    "tank_language.translator.Translator": "Move",
    "tank_perception.perception.Perception": "green cube",
}
# They talk to a stack that runs, and examples/test starts one: here they are only read.
ONLY_READ = ("tank_client.client_node.StackClient",)


def examples() -> dict[str, str]:
    """The first example of each class that docs/api/ shows, by its dotted name."""
    found = {}
    for page in sorted((ROOT / "docs/api").glob("*.md")):
        for name in re.findall(r"^::: (\S+\.[A-Z]\w+)$", page.read_text("utf-8"), re.MULTILINE):
            module, _, member = name.rpartition(".")
            source = (ROOT / "src" / module.split(".")[0]).joinpath(*module.split("."))
            for node in ast.parse(source.with_suffix(".py").read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef) and node.name == member:
                    said = ast.get_docstring(node) or ""
                    block = re.search(r"::\n\n((?:    .*\n|\n)+)", said + "\n")
                    found |= {name: textwrap.dedent(block[1])} if block else {}
    return found


def test_every_example_is_tested() -> None:
    assert set(examples()) == {*SHOWN, *ONLY_READ}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SHOWN))
def test_an_example_runs_as_written(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", examples()[name]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert SHOWN[name] in done.stdout


@pytest.mark.parametrize("name", sorted({*SHOWN, *ONLY_READ}))
def test_an_example_defines_every_name_that_it_uses(name: str) -> None:
    names = [node for node in ast.walk(ast.parse(examples()[name])) if isinstance(node, ast.Name)]
    imported = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(examples()[name]))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    assert {node.id for node in names} <= imported | stored | set(dir(builtins))
