"""Docstrings begin with one short line; public things have one; no long lines."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WIDTH = 80  # columns of the first line, with its indentation and its opening quotes
LONGEST = 100  # columns of a line
# Lists of words and sentences are read as data, and an entry is a line.
WORD_LISTS = (
    *("src/tank_core/tank_core/english", "src/tank_learning/tank_learning/language/corpus"),
    "src/tank_learning/tank_learning/language/asking",
)
NOT_OURS = {".git", ".tank", "build", "install", "node_modules"}
BEGINS_BADLY = re.compile(r"(What|How|One|Where|Why)\b")
TESTS = [*sorted(ROOT.glob("src/*/test")), ROOT / "examples/test", ROOT / "tests"]
SOURCES = [*sorted(ROOT.glob("src/*/tank_*")), ROOT / "launch", ROOT / "examples"]
FOLDERS = [folder for folder in (*SOURCES, *TESTS) if any(folder.rglob("*.py"))]
DEFINITION = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def faults(text: str, is_test: bool = False) -> Iterator[tuple[int, str]]:
    """Yield the line and the fault of each docstring that breaks a law.

    A test's classes need none: most stand in for those of another library.
    """
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, DEFINITION) or not node.body:
            continue
        first = node.body[0]
        if ast.get_docstring(node, clean=False) is None or not isinstance(first, ast.Expr):
            if isinstance(node, ast.Module):
                yield 1, "the module has no docstring"
            elif isinstance(node, ast.ClassDef) and not is_test and node.name[0] != "_":
                yield node.lineno, f"class {node.name} has no docstring"
            continue
        line = lines[first.lineno - 1].rstrip()
        if first.lineno == first.end_lineno:
            line = line[: line.rindex('"""')]
        said = str(ast.get_docstring(node)).strip().splitlines()
        if len(line) > WIDTH:
            yield first.lineno, f"the first line has {len(line)} columns; at most {WIDTH}"
        if len(said) > 1 and said[1]:
            yield first.lineno, "no blank line follows the first line"
        if match := BEGINS_BADLY.match(said[0] if said else ""):
            yield first.lineno, f"begins with {match[0]!r}; say what it does or is"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_docstrings_begin_with_one_short_line(folder: Path) -> None:
    is_test = folder in TESTS
    found = [
        f"{path.relative_to(ROOT)}:{line}: {fault}"
        for path in sorted(folder.rglob("*.py"))
        if is_test or not path.is_relative_to(ROOT / "examples/test")
        for line, fault in faults(path.read_text(encoding="utf-8"), is_test)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("x = 1", 1, "module has no docstring"),
        ('"""A module."""\n\nclass Robot:\n    x = 1', 3, "class Robot has no docstring"),
        ('"""' + 77 * "x" + '."""', 1, "81 columns"),
        ('"""A module."""\n\ndef f():\n    """' + 74 * "x" + '."""', 4, "82 columns"),
        ('"""A sentence that spills\nover.\n"""', 1, "no blank line"),
        ('"""A module."""\n\nasync def f():\n    """What it does."""', 4, "begins with 'What'"),
    ],
)
def test_each_fault_is_found_with_its_line(text: str, line: int, fault: str) -> None:
    [(at, said)] = faults(text)
    assert at == line and fault in said


@pytest.mark.parametrize(
    "text",
    [
        "",
        '"""' + 76 * "x" + '."""',
        '"""A module."""\n\nclass _Robot:\n    x = 1',
        '"""Onesided."""\n\ndef f():\n    return 1',
        '"""A module.\n\nHow it came to be is long\nto tell.\n"""',
    ],
)
def test_what_is_allowed_is_not_found(text: str) -> None:
    assert not [*faults(text)]


def sources() -> Iterator[Path]:
    """Yield what people write lines of: Python, shell and YAML."""
    yield from (ROOT / "tank", ROOT / ".ci/run")
    for path in (path for kind in ("py", "sh", "yaml") for path in ROOT.rglob(f"*.{kind}")):
        is_word_list = path.suffix == ".yaml" and any(
            path.is_relative_to(ROOT / folder) for folder in WORD_LISTS
        )
        if not is_word_list and not NOT_OURS & set(path.relative_to(ROOT).parts):
            yield path


def test_no_line_is_long() -> None:
    files = [*sources()]
    assert {path.suffix for path in files} == {"", ".py", ".sh", ".yaml"} and len(files) > 1000
    assert not [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} columns; at most {LONGEST}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]
