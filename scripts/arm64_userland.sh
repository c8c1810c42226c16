#!/usr/bin/env bash
# Lays out an arm64 userland in a folder: Debian's Python for arm64, the robot's packages as arm64
# wheels, and llama.cpp cross-built for the Pi Zero 2 W. qemu-aarch64 -L FOLDER runs programs out of
# it on a PC: nothing is mounted, and nothing of it is run to make it.
# Usage: scripts/arm64_userland.sh [FOLDER]
#        (default: .tank/arm64; 1 minute, 460 MB; builds the wheel first where there is none)
set -euo pipefail
TANK_ROOT=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
. "$TANK_ROOT/scripts/setup.sh"
tank_choose_home
case ${1:-} in
  -h | --help) sed -n '2,6s/^# \?//p' "$0"; exit 0 ;;
  -*) tank_die "there is no option '$1'; give a folder, or nothing" ;;
esac

folder=$(realpath -m -- "${1:-$TANK_HOME/arm64}")
tools=$TANK_HOME/cross # made by cross_build_llama.sh
release=bookworm python=3.11
log=$TANK_HOME/cross-log
mkdir -p "$log" "$folder"

# debootstrap's first stage fetches all packages and unpacks the base; the rest is unpacked here.
# Its second stage would run them.
fetch_debian() {
  local include=python3,libstdc++6,ca-certificates deb
  debootstrap --foreign --arch=arm64 --variant=minbase --include=$include $release "$folder" \
    http://deb.debian.org/debian
  for deb in "$folder"/var/cache/apt/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --skip-old-files --keep-directory-symlink -C "$folder"
  done
  rm -f "$folder"/var/cache/apt/archives/*.deb
}

fetch_packages() {
  local platform options=()
  for platform in manylinux_2_{34,31,28,27,17}_aarch64 manylinux2014_aarch64 linux_aarch64; do
    options+=(--platform "$platform")
  done
  # Markers are read on this PC, so lgpio, which is for arm64 only, is named apart.
  "$tools/bin/python" -m pip install --progress-bar off --upgrade --target "$folder/opt/tank" \
    --python-version $python --only-binary=:all: "${options[@]}" \
    --find-links "$TANK_HOME/wheels" -r "$TANK_ROOT/requirements/robot.txt" \
    "$(sed -n 's/^\(lgpio==[^;]*\);.*/\1/p' "$TANK_ROOT/requirements/robot.txt")"
}

command -v debootstrap >/dev/null ||
  tank_die "debootstrap is missing. Cure: sudo apt-get install -y debootstrap qemu-user"
[ "$(id -u)" -eq 0 ] || tank_die "debootstrap must be run by root. Cure: sudo $0 ${1:-}"
compgen -G "$TANK_HOME/wheels/llama_cpp_python-*-linux_aarch64.whl" >/dev/null ||
  "$TANK_ROOT/scripts/cross_build_llama.sh" >/dev/null
[ -e "$folder/usr/bin/python$python" ] ||
  tank_progress "Debian $release for arm64" "$log/debian.log" fetch_debian
tank_progress "arm64 wheels" "$log/packages.log" fetch_packages
tank_say "an arm64 userland is in $folder"
echo "$folder"
