"""Lets the site have the repository's own tree.

Each page is a Markdown file at its own path, README.md first, so a link that works in a clone works
on the site. What a page links to and is no page (a license, a notebook, a test) is copied beside
it; a link that leads nowhere makes ``mkdocs build --strict`` fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ASSETS = ("docs/site/iframe-worker.js", "docs/site/extra.css")
LINK = re.compile(r"\]\(([^)#\s]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Put the pages of the navigation in the place of the folder docs/; the theme's files stay."""
    root, folder = Path(config.config_file_path).parent, Path(config.docs_dir)
    pages = list(pages_of(config.nav))
    names = [*pages, *ASSETS, *sorted({name for page in pages for name in linked(root, page)})]
    theme = [file for file in files if not is_within(file, folder)]
    ours = [File.generated(config, name, abs_src_path=str(root / name)) for name in names]
    return Files([*theme, *ours])


def pages_of(nav: Any) -> Iterator[str]:
    """The paths that a navigation names, in its order."""
    for item in nav if isinstance(nav, list) else nav.values():
        if isinstance(item, str):
            yield item
        else:
            yield from pages_of(item)


def linked(root: Path, page: str) -> Iterator[str]:
    """The files of the repository, other than pages, to which a page links."""
    for target in LINK.findall((root / page).read_text(encoding="utf-8")):
        path = (root / page).parent.joinpath(target).resolve()
        if path.suffix != ".md" and path.is_file() and path.is_relative_to(root):
            yield path.relative_to(root).as_posix()


def is_within(file: File, folder: Path) -> bool:
    return file.abs_src_path is not None and Path(file.abs_src_path).is_relative_to(folder)
