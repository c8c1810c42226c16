#!/usr/bin/env bash
# Builds the wheel of llama-cpp-python for the Pi Zero 2 W (Cortex-A53, arm64) on a PC, so that
# nobody compiles on the Pi.
# Usage: scripts/cross_build_llama.sh [FOLDER]
#        (default: .tank/wheels; 5 to 10 minutes on 2 cores)
#        scripts/cross_build_llama.sh --check WHEEL
#        (whether a wheel would run there; builds nothing)
#
# The Python part loads its library by ctypes, so one wheel serves every Python 3. It fits Raspberry
# Pi OS Bookworm and Ubuntu 24.04 as long as the compiler here is no newer than theirs; the checks
# at the end say so.
set -euo pipefail
TANK_ROOT=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
. "$TANK_ROOT/scripts/setup.sh"
tank_choose_home

tools=$TANK_HOME/cross
ros_system='' # any Python will do
triple=aarch64-linux-gnu
newest_glibc=2.36 newest_glibcxx=3.4.30 # Bookworm's; Ubuntu 24.04 has 2.39 and 3.4.33

# No OpenMP: its library is one more thing that the Pi must have, and its threads go on spinning
# after an answer.
flags="-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
-DCMAKE_C_COMPILER=$triple-gcc -DCMAKE_CXX_COMPILER=$triple-g++ \
-DCMAKE_C_FLAGS=-mcpu=cortex-a53 -DCMAKE_CXX_FLAGS=-mcpu=cortex-a53 \
-DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY \
-DGGML_OPENMP=OFF"

make_tools() {
  tank_find_python
  [ -n "$python" ] ||
    tank_die "there is no Python 3.11, 3.12 or 3.13." \
      "Cure: sudo apt-get install -y python3 python3-venv"
  "$python" -m venv "$tools" &&
    "$tools/bin/python" -m pip install -q --progress-bar off scikit-build-core==1.1.2 ninja==1.13.2
}

# Without isolation: told that the platform is arm64, pip would fetch arm64 build tools, too.
build_wheel() {
  PATH=$tools/bin:$PATH _PYTHON_HOST_PLATFORM=linux-aarch64 CMAKE_ARGS="$tank_llama_flags $flags" \
    "$tools/bin/python" -m pip wheel --progress-bar off --no-deps --no-cache-dir \
    --no-build-isolation --no-binary llama-cpp-python -w "$folder" \
    "$(grep '^llama-cpp-python==' "$TANK_ROOT/requirements/robot.txt")" -v
}

# newest NAME FILE...: the highest version of that name which the libraries ask their system for; 0
# when they do not.
newest() {
  local name=$1
  shift
  (echo 0; "$triple-readelf" -VW "$@" | sed -nE "s/.*Name: ${name}_([0-9.]+).*/\1/p") | sort -uV |
    tail -n 1
}

not_newer() { # not_newer NAME VERSION LIMIT
  [ "$(printf '%s\n' "$2" "$3" | sort -V | tail -n 1)" = "$3" ] ||
    tank_die "the libraries ask for ${1}_$2, newer than $3 of Bookworm;" \
      "build with an older $triple-gcc"
}

check_wheel() {
  local wheel=$1 libraries library strange foreign glibc glibcxx
  case $wheel in
    *-py3-none-linux_aarch64.whl) ;;
    *)
      tank_die "the wheel is $(basename "$wheel");" \
        "its name must end in -py3-none-linux_aarch64.whl"
      ;;
  esac
  unpacked=$(mktemp -d)
  trap 'rm -rf "$unpacked"' EXIT
  python3 -m zipfile -e "$wheel" "$unpacked"
  libraries=("$unpacked"/llama_cpp/lib/*.so)
  for library in "${libraries[@]}"; do
    "$triple-readelf" -hW "$library" | grep -q 'Machine: *AArch64' ||
      tank_die "$(basename "$library") is not for arm64"
  done
  foreign=$("$triple-readelf" -dW "${libraries[@]}" |
    sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u |
    grep -vE -e '^lib(llama|ggml|ggml-base|ggml-cpu)\.so\.0$' \
      -e '^(lib(c|m)\.so\.6|libstdc\+\+\.so\.6|libgcc_s\.so\.1|ld-linux-aarch64\.so\.1)$' || true)
  [ -z "$foreign" ] || tank_die "the libraries need what a bare Pi may lack: $foreign"
  glibc=$(newest GLIBC "${libraries[@]}") glibcxx=$(newest GLIBCXX "${libraries[@]}")
  not_newer GLIBC "$glibc" "$newest_glibc"
  not_newer GLIBCXX "$glibcxx" "$newest_glibcxx"
  # What a Cortex-A53 (ARMv8.0) has not: dot products, int8 matrices, bfloat16, half-precision
  # arithmetic, SVE.
  strange=$("$triple-objdump" -d --no-show-raw-insn "${libraries[@]}" |
    grep -cP \
      '\t([su]dot|[su]mmla|usmmla|bfdot|bfmmla|ptrue|whilelo|f(add|mul|mla)\tv\d+\.[48]h)\b' ||
    true)
  [ "$strange" -eq 0 ] || tank_die "$strange instructions of the libraries are not a Cortex-A53's"
  tank_say "$(basename "$wheel"), $(du -h "$wheel" | cut -f1): arm64, GLIBC_$glibc," \
    "GLIBCXX_$glibcxx, no OpenMP, no instruction beyond ARMv8.0"
}

command -v "$triple-g++" >/dev/null ||
  tank_die "a compiler for arm64 is missing. Cure: sudo apt-get install -y g++-$triple"
case ${1:-} in
  -h | --help) sed -n '2,11s/^# \?//p' "$0"; exit 0 ;;
  --check) check_wheel "${2:?--check needs the path of a wheel}"; exit 0 ;;
  -*) tank_die "there is no option '$1'; give a folder, or nothing" ;;
esac
command -v cmake >/dev/null || tank_die "cmake is missing. Cure: sudo apt-get install -y cmake"
folder=$(realpath -m -- "${1:-$TANK_HOME/wheels}")
log=$TANK_HOME/cross-log
mkdir -p "$folder" "$log"
[ -x "$tools/bin/ninja" ] || tank_progress "build tools" "$log/tools.log" make_tools
rm -f "$folder"/llama_cpp_python-*-linux_aarch64.whl
tank_progress "llama.cpp for the Pi Zero 2 W" "$log/wheel.log" build_wheel
check_wheel "$(echo "$folder"/llama_cpp_python-*-linux_*.whl)"
echo "$folder"/llama_cpp_python-*-linux_aarch64.whl
