"""The checks of what is built and measured on a PC for the Pi Zero 2 W.

The wheel, the counting plugin, and equal answers under emulation. Each test needs tools that not
every machine has, and is skipped with the reason where they are missing.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tank_bench.arm64 import proof
from tank_core.exceptions import TankError
from tank_hw_driver.chip_model.testing import chip_model

ROOT = Path(__file__).parents[4]
CROSS = "aarch64-linux-gnu-gcc"
BOARD = "robot_hat_v3"
WHEEL = "llama_cpp_python-0.3.36-py3-none-linux_aarch64.whl"
PLAIN = '#include <stdio.h>\nint f(int a) { return puts("") + a; }'
DOT = (
    "#include <arm_neon.h>\nint32x4_t f(int32x4_t a, int8x16_t b, int8x16_t c) { return "
    "vdotq_s32(a, b, c); }"
)
COUNTED = """
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    for (int round = 0; round < 3; round++) {
        volatile int sum = 0;
        syscall(SYS_getpid, 0x7a17, 0);
        for (int i = 0; i < 100000 * round; i++) sum += i;
        syscall(SYS_getpid, 0x7a17, 1);
    }
}
"""


def need(*tools: str) -> None:
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed")


def wheel(folder: Path, compiler: str, source: str, *options: str) -> Path:
    """A wheel with one library, compiled from this source."""
    (folder / "f.c").write_text(source)
    command = [
        compiler,
        "-O2",
        "-shared",
        "-fPIC",
        *options,
        str(folder / "f.c"),
        "-o",
        str(folder / "libllama.so"),
    ]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(folder / WHEEL, "w") as file:
        file.write(folder / "libllama.so", "llama_cpp/lib/libllama.so")
    return folder / WHEEL


def checked(path: Path) -> tuple[int, str]:
    command = [str(ROOT / "scripts" / "cross_build_llama.sh"), "--check", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip()


@pytest.mark.parametrize(
    ("compiler", "source", "options", "words"),
    [
        (CROSS, PLAIN, (), "arm64, GLIBC_2.17, GLIBCXX_0, no OpenMP"),
        (
            CROSS,
            DOT,
            ("-march=armv8.2-a+dotprod",),
            "instructions of the libraries are not a Cortex-A53's",
        ),
        (
            CROSS,
            PLAIN,
            ("-Wl,--no-as-needed", "-lgomp"),
            "need what a bare Pi may lack: libgomp.so.1",
        ),
        ("gcc", PLAIN, (), "libllama.so is not for arm64"),
    ],
)
def test_the_wheel_is_checked_for_what_a_pi_cannot_run(
    tmp_path: Path, compiler: str, source: str, options: tuple[str, ...], words: str
) -> None:
    need("gcc", CROSS, "aarch64-linux-gnu-g++")
    if (
        compiler == "gcc"
        and "x86_64"
        not in subprocess.run(
            ["gcc", "-dumpmachine"], capture_output=True, text=True, check=True
        ).stdout
    ):
        pytest.skip("this machine's own compiler is for arm64")
    code, said = checked(wheel(tmp_path, compiler, source, *options))
    assert (code == 0) is (source == PLAIN and not options and compiler == CROSS), said
    assert words in said


def test_a_wheel_for_another_machine_is_refused_by_its_name(tmp_path: Path) -> None:
    need("aarch64-linux-gnu-g++")
    code, said = checked(tmp_path / "llama_cpp_python-0.3.36-py3-none-linux_x86_64.whl")
    assert code != 0
    assert "its name must end in -py3-none-linux_aarch64.whl" in said


def test_every_instruction_is_counted_once(tmp_path: Path) -> None:
    need("gcc", CROSS, "qemu-aarch64")
    plugin, source, program, out = (
        tmp_path / name for name in ("count.so", "loop.c", "loop", "counts")
    )
    source.write_text(COUNTED)
    counter = ROOT / "src/tank_bench/tank_bench/arm64/count.c"
    subprocess.run(
        ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", counter, "-o", plugin],
        check=True,
    )
    subprocess.run([CROSS, "-O1", "-static", source, "-o", program], check=True)
    subprocess.run(["qemu-aarch64", "-plugin", f"{plugin},out={out}", program], check=True)
    rows = [[int(word) for word in line.split()] for line in out.read_text().splitlines()]
    assert [row[0] for row in rows] == [0, 1] * 3
    none, once, twice = (
        end[1] - begin[1] for begin, end in zip(rows[::2], rows[1::2], strict=True)
    )
    assert twice - once == pytest.approx(once - none, abs=10)
    assert (once - none) % 100_000 < 10  # so many for each turn of the loop, and a few around it
    assert 4 <= (once - none) // 100_000 <= 8


def test_answers_are_compared_number_by_number_and_word_by_word() -> None:
    assert proof.difference([1.0, ["a", None, 2]], [1.0, ["a", None, 2]]) == 0.0
    assert proof.difference([1.0, [0.5, 2.0]], [1.0, [0.25, 2.0]]) == 0.25
    for other in ([1.0], [1.0, "b"], ["a", 1.0], None):
        assert math.isinf(proof.difference([1.0, "a"], other))
    answer = ["turn left", "OK", [{"action": "turn"}], "<turn>", 0.9]
    assert proof.same("language", answer, [*answer[:4], 0.9001])
    assert not proof.same("language", answer, [*answer[:4], 0.8])
    assert not proof.same("language", answer, [*answer[:3], "<turn><left>", 0.9])


@pytest.mark.slow
def test_the_parts_answer_under_emulation_as_they_do_here() -> None:
    """A few sentences and one board.

    `./tank bench arm64_proof` runs everything.
    """
    try:
        command = proof.emulated()
    except TankError as reason:
        pytest.skip(str(reason))
    job = {
        "parts": ["language", "driver"], "model": str(ROOT / "models" / "tank-nano.gguf"),
        "sentences": ["drive forward one meter, then turn left and pick up the cube",
        "back up two feet", "what is the weather like"],
    }  # fmt: skip
    found = []
    for words in ([sys.executable], command):
        with chip_model(BOARD) as chips:
            found.append(proof.run_parts(words, job | {"chips": {BOARD: chips.path}}))
    here, there = found
    assert there["machine"] == "aarch64"
    for part in job["parts"]:
        pairs = zip(here["parts"][part]["answers"], there["parts"][part]["answers"], strict=True)
        assert not [(mine, theirs) for mine, theirs in pairs if not proof.same(part, mine, theirs)]
    assert there["parts"]["driver"]["resident_mb"] < proof.LIMIT_MB
