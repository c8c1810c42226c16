"""Files and JSON from outside, read with a limit and without surprise."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

from tank_core.exceptions import TankError
from tank_core.io.one_line import one_line, quoted, reason

LARGEST = 64_000 * 1024  # [bytes]; /dev/zero has more
CURE = "name a file that can be read"


class InputError(TankError, ValueError):
    """Something that cannot be read, or is not what it should be."""


def read_bytes(
    name: str | Path,
    largest: int = LARGEST,
    *,
    what: str = "file",
    cure: str = CURE,
    only_file: bool = False,
) -> bytes:
    """The whole of the file that a person named, ``largest`` bytes at most.

    ``what`` is such as "robot file" and begins the message. ``-`` is stdin; pipes and devices are
    waited for. With ``only_file`` it never waits: what is not a file is not opened. Raises
    InputError.
    """
    path = Path(name)
    named = f"{what} {one_line(path)}"
    try:
        if only_file and not stat.S_ISREG(path.stat().st_mode):
            raise InputError(f"{named} is not a file; {cure}")
        if str(name) == "-" and not only_file:
            data = (
                sys.stdin.buffer.read(largest + 1)
                if hasattr(sys.stdin, "buffer")
                else sys.stdin.read(largest + 1).encode()
            )
        else:
            with path.open("rb") as file:
                data = file.read(largest + 1)
    except FileNotFoundError:
        raise InputError(f"{named} does not exist; {cure}") from None
    except InputError:
        raise
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        raise InputError(f"{named} cannot be read: {reason(error)}; {cure}") from None
    if len(data) > largest:
        raise InputError(f"{named} is larger than {largest // 1024} kB; {cure}")
    return data


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Bytes may be UTF-8, with or without a mark before it, UTF-16 or UTF-32.

    Raises InputError, also for what Python's own reader lets pass: NaN and Infinity, a key that is
    there twice, numbers beyond a double. Text that nests deeper than the reader can follow is
    refused as well.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite
        )
    except RecursionError:
        raise InputError("not JSON that can be read: it is nested too deep") from None
    except InputError:
        raise
    except UnicodeDecodeError as error:
        raise InputError(
            f"not JSON: not {error.encoding.upper()}, byte {error.start} is wrong"
        ) from None
    except ValueError as error:
        raise InputError(f"not JSON: {str(error).partition('; use sys.')[0]}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InputError(f"the key {quoted(twice)} is there twice; say it once")
    return data


def _no_constant(word: str) -> float:
    raise InputError(f"{word} is no number of JSON; give a finite one")


def _finite(text: str) -> float:
    value = float(text)
    if value - value != 0.0:
        raise InputError(f"{quoted(text)} is too large; give a finite number")
    return value
