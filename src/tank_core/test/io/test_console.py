"""Exit codes are those that the documents say."""

import re
from pathlib import Path

from tank_core.io.console import ExitCode

DOCS = Path(__file__).resolve().parents[4] / "docs"


def test_the_documents_list_every_exit_code() -> None:
    sections = [
        text.split("## Exit codes", 1)[1].split("\n## ", 1)[0]
        for path in sorted(DOCS.glob("*.md"))
        if "## Exit codes" in (text := path.read_text(encoding="utf-8"))
    ]
    assert len(sections) == 1
    listed = re.findall(r"^\| (\d+) \|", sections[0], re.MULTILINE)
    assert set(listed) == {str(int(code)) for code in ExitCode}
