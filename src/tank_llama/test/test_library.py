"""llama.cpp is loaded without what its Python package brings for others."""

import subprocess
import sys

ALONE = """
import sys
from tank_llama.library import library
llama = library()
assert llama.llama_max_devices() > 0
print([name for name in ("jinja2", "sqlite3", "diskcache", "llama_cpp") if name in sys.modules])
import llama_cpp
assert llama_cpp.Llama and llama_cpp.llama_cpp is llama and library() is llama
"""


def test_the_binding_comes_alone_and_the_package_may_follow():
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
