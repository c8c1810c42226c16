"""Whoever needs the machine alone has it alone, and is not kept out."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from tank_core.testing.turns import turn


def test_alone_is_alone_and_a_stream_of_others_does_not_keep_it_out(tmp_path: Path) -> None:
    inside: list[str] = []
    seen: list[list[str]] = []
    ended = threading.Event()

    def others(name: str) -> None:
        while not ended.is_set():
            with turn(tmp_path, alone=False):
                inside.append(name)
                time.sleep(0.01)
                inside.remove(name)

    together = [threading.Thread(target=others, args=(name,)) for name in "abc"]
    for thread in together:
        thread.start()
    try:
        for _ in range(5):
            with turn(tmp_path, alone=True):  # that this is reached at all is half of the law
                for _ in range(5):
                    seen.append([*inside])
                    time.sleep(0.005)
    finally:
        ended.set()
        for thread in together:
            thread.join()
    assert seen == [[]] * 25


def test_others_share_it(tmp_path: Path) -> None:
    with turn(tmp_path, alone=False), turn(tmp_path, alone=False):
        pass
