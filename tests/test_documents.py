"""README.md, CONTRIBUTING.md and docs/ name only what is there.

Links, files, modules, sub-commands with their options, and environment variables. Left out are the
dated records: docs/LOG.md and CHANGELOG.md tell of what was.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import unicodedata
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from tank_cli.__main__ import COMMANDS, main

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    {ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")}
    - {ROOT / "docs/LOG.md"}
)
SUFFIXES = (
    "py|md|yaml|yml|sh|toml|jsonl|json|png|jpg|rviz|xml|ipynb|txt|service|Dockerfile|gguf|csv"
)
FILE = re.compile(rf"(?<![\w./~$<>{{}}:-])\.?[\w*-]+(?:/[\w.*-]+)*\.(?:{SUFFIXES})(?![\w/])")
FOLDER = re.compile(r"(?<![\w./~$<>{}:-])\.?\w[\w.*-]*(?:/[\w.*-]+)*/(?![\w.*/<>{}$-])")
MODULE = re.compile(r"(?<![\w./-])tank_\w+(?:\.\w+)+(?![\w/])")
VARIABLE = re.compile(r"\bTANK_[A-Z_]+\b")
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]+")
PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b")  # NAME.yaml, FOLDER/
SCRIPT = (ROOT / "tank").read_text()
KEPT = {"py", "sh", "md", "yaml", "yml", "toml", "rviz", "service"}  # by the project, not its user
UNTOLD = "training tools are not installed: ./tank setup --train"
# made by the set-up, by another program or in a recording, and a prefix of ROS names
OTHERS = {".tank/", "camera.yaml", "metadata.yaml", "a/"}
TREE = re.compile(r"^ *([\w.*-]+(?:/[\w.*-]+)*/) {2,}")
OUTSIDE = {"resource"}  # of a package, for ROS's index
ROOM = re.compile(r"`([\w./-]+)/`")
SHELL = re.compile(r"(?:^|&& |; |\$\()(?: *\$ )?(?: *\w+=\S+)* *\./tank +(.*)")


def _code(page: Path) -> Iterator[tuple[str, bool]]:
    """Yield a page's pieces of code, each with whether it is a block."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```.*\n((?:.*\n)*?)^```", text, re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            yield line, True
    rest = re.sub(r"^```.*\n(?:.*\n)*?^```", "", text, flags=re.MULTILINE)
    for span in re.findall(r"`([^`\n]+)`", rest):
        yield span, False


@cache
def _files() -> tuple[PurePosixPath, ...]:
    """Return every file and folder of the checkout, relative to it.

    What is made in it is left out.
    """
    made = {".git", ".tank", "__pycache__", ".mypy_cache", ".ruff_cache", "site", "build"}
    found: list[PurePosixPath] = []
    for where, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in made]
        base = PurePosixPath(Path(where).relative_to(ROOT).as_posix())
        found += [base / name for name in (*names, *folders)]
    return tuple(found)


@cache
def _sources() -> str:
    """All that is not documents, in one text."""
    kinds = {".py", ".sh", ".yaml", ".yml", ".toml", ".service", ".Dockerfile", ".cfg", ""}
    files = [ROOT / path for path in _files() if path.suffix in kinds]
    return "\n".join(
        file.read_text(encoding="utf-8", errors="replace") for file in files if file.is_file()
    )


@cache
def _tails() -> set[str]:
    """Every file and folder, as it may be called from any folder above it."""
    return {"/".join(path.parts[start:]) for path in _files() for start in range(len(path.parts))}


def _there(named: str) -> bool:
    """Whether a path is there, from the root.

    Where a package's own folders are meant, it may be there from any folder.
    """
    named = named.rstrip("/")
    return named in _tails() or ("*" in named and any(path.match(named) for path in _files()))


@cache
def _roots() -> set[str]:
    """Return what a path of the project begins with.

    Folders of the checkout, and packages.
    """
    return {path.parts[0] for path in _files() if len(path.parts) > 1} | {
        path.name for path in _files() if path.parts[:-1] == ("src",)
    }


def _named(code: str, block: bool) -> Iterator[str]:
    """Yield the files and folders of the project that code names.

    A bare name in a command line is the reader's.
    """
    for named in FILE.findall(code):
        known = named.split("/")[0] in _roots() if "/" in named else code == named
        if known and (named.split(".")[-1] in KEPT or "/" in named):
            yield named
    if block:
        yield from TREE.findall(code)
    elif FOLDER.fullmatch(code):
        yield code


def _ids(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


every_page = pytest.mark.parametrize("page", PAGES, ids=_ids)


@every_page
def test_every_file_and_folder_that_is_named_is_there(page: Path) -> None:
    missing = {
        named
        for code, block in _code(page)
        for named in _named(code, block)
        if named not in OTHERS and not PLACEHOLDER.search(named) and not _there(named)
    }
    assert not missing


def _rooms() -> dict[str, list[str]]:
    """The rooms of each package in the table of docs/architecture.md."""
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"\n\| package \|.*\n\|[ |-]+\n((?:\|.*\n)+)", page)
    rows = re.findall(r"^\| `(tank_\w+)`[^|]*\|[^|]*\|(.*)\|$", table, re.MULTILINE)
    return {package: ROOM.findall(rooms) for package, rooms in rows}


def _folders(package: str) -> list[PurePosixPath]:
    """The folders of a package, as seen from it, without those of its tests."""
    home = PurePosixPath("launch" if package == "tank_bringup" else f"src/{package}")
    code = home / package if (ROOT / home / package).is_dir() else home
    return [
        path.relative_to(code if path.is_relative_to(code) else home)
        for path in _files()
        if path.is_relative_to(home)
        and path not in (home, code)
        and (ROOT / path).is_dir()
        and "test" not in path.parts
        and not path.name.endswith(".egg-info")
    ]


def test_every_package_is_in_the_table() -> None:
    packages = {path.parent.name for path in (ROOT / "src").glob("*/package.xml")}
    assert set(_rooms()) == {*packages, "tank_bringup"}


@pytest.mark.parametrize("package", sorted(_rooms()))
def test_a_room_that_is_named_for_a_package_is_one_of_its_own(package: str) -> None:
    there = {str(PurePosixPath(*path.parts[k:])) for path in _folders(package) for k in (0, -1)}
    assert [room for room in _rooms()[package] if room not in there] == []


@pytest.mark.parametrize("package", sorted(_rooms()))
def test_every_room_of_a_package_is_named(package: str) -> None:
    named = {room.partition("/")[0] for room in _rooms()[package]}
    assert {path.parts[0] for path in _folders(package)} <= named | OUTSIDE


@every_page
def test_every_module_that_is_named_is_there(page: Path) -> None:
    missing = {
        named
        for code, _ in _code(page)
        for named in MODULE.findall(code)
        if not FILE.fullmatch(named) and not PLACEHOLDER.search(named) and not _importable(named)
    }
    assert not missing


def _importable(dotted: str) -> bool:
    """A module by its file, and what is taken from it by a word of that file."""
    parts = dotted.split(".")
    package = ROOT / "src" / parts[0]
    if parts[-1] == "launch" or parts[0] == "tank_bringup":
        return True
    for end in range(len(parts), 0, -1):
        place = package.joinpath(*parts[:end])
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file():
                text = file.read_text(encoding="utf-8")
                return all(re.search(rf"\b{name}\b", text) for name in parts[end:])
    return False


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    missing = set()
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            missing.add(target)
    assert not missing


@cache
def _anchors(page: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+?)\s*$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        "".join(
            one
            for one in heading.lower().replace(" ", "-")
            if one in "-_" or unicodedata.category(one)[0] in "LN"
        )
        for heading in headings
    }


@every_page
def test_every_command_and_option_that_is_shown_is_one(page: Path) -> None:
    faults = {" ".join(words): _fault(words) for words in _command_lines(page)}
    wrong = {f"{line}: {fault}" for line, fault in faults.items() if fault not in (None, UNTOLD)}
    assert not wrong
    if UNTOLD in faults.values():
        pytest.skip(f"some of them cannot tell their options: {UNTOLD}")


def _command_lines(page: Path) -> Iterator[tuple[str, ...]]:
    """The words after ./tank, up to the shell's next command."""
    for code, _ in _code(page):
        for rest in SHELL.findall(code):
            rest = re.split(r": |\s(?:\||;|&&|>|2>|#)|[;|)]| {3,}|\./tank|…|\.\.\.", rest)[0]
            try:
                words = tuple(shlex.split(rest))
            except ValueError:  # a quotation that was cut
                words = tuple(rest.split())
            if words and not PLACEHOLDER.fullmatch(words[0]):
                yield words


def _fault(words: tuple[str, ...]) -> str | None:
    command, *rest = words
    if command.startswith("-"):
        return None if command in SCRIPT else "is no option"
    if command not in COMMANDS or not COMMANDS[command].module:
        known = re.search(rf"^ +(\S+ \| )*{re.escape(command)}( \|[^)]*)?\)", SCRIPT, re.MULTILINE)
        options = [word for word in rest if word.startswith("--") and command == "setup"]
        return None if known and all(word in SCRIPT for word in options) else "is no command"
    part = [rest[0]] if rest and command in ("bench", "data", "calibrate", "learn") else []
    part = [word for word in part if re.fullmatch(r"[a-z_]+", word)]
    code, text = _help(command, *part)
    if code != 0:
        return UNTOLD if "run ./tank setup --train" in text else "is no command"
    options = {word.partition("=")[0] for word in rest if re.match(r"--[a-z]", word)}
    unknown = {one for one in options if one not in OPTION.findall(text) and one != "--help"}
    return f"has no {', '.join(sorted(unknown))}" if unknown else None


@cache
def _help(*words: str) -> tuple[int, str]:
    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(told):
        try:
            code = main([*words, "--help"])
        except SystemExit as end:
            code = int(end.code or 0)
    return code, told.getvalue()


@every_page
def test_every_option_and_variable_that_is_named_is_read_somewhere(page: Path) -> None:
    missing = {
        name
        for code, _ in _code(page)
        for name in (*VARIABLE.findall(code), *OPTION.findall(code if code[:2] == "--" else ""))
        if name not in _sources() and f'"{name[2:]}"' not in _sources()
    }
    assert not missing
