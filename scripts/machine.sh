# What the machine must give, and what is wrong with it: places, a Python, packages of the system,
# variables of another ROS. All of it is looked for before anything long begins. Sourced by
# scripts/setup.sh.

tank_say() { printf 'tank: %s\n' "$*" >&2; }
tank_die() { tank_say "$*"; exit 1; }
tank_refuse() { tank_say "$*"; exit 2; } # called wrongly

# tank_quote TEXT: one word for eval, in any shell of the Bourne family.
tank_quote() {
  local mark="'\\''"
  printf "'%s'" "${1//\'/"$mark"}"
}

# --- places ---------------------------------------------------------------------------------------

# TANK_HOME as an absolute path that has one spelling. CMake, pip and the shells that they call take
# these characters as they are; others fail there after minutes (docs/troubleshooting.md).
tank_choose_home() {
  TANK_HOME=$(realpath -m -- "${TANK_HOME:-$TANK_ROOT/.tank}" && echo .)
  TANK_HOME=${TANK_HOME%??}
  tank_check_path "$TANK_HOME" ||
    tank_refuse "the folder $(printf %q "$TANK_HOME") cannot hold the set-up: $strange. Cure:" \
      "name one of plain letters, digits, / . _ + - to keep it in, the same each time: export" \
      "TANK_HOME=~/tank-home"
  # The sources are only read, by more forgiving programs; these characters part the lists that
  # CMake, Python and ROS read, or are expanded.
  local forbidden=$'[]:;"\\`|<>#!*?{}[[:cntrl:]]'
  if [[ $TANK_ROOT =~ $forbidden ]]; then
    tank_refuse "Tank lies in $(printf %q "$TANK_ROOT"): CMake, Python or ROS take" \
      "$(printf %q "${BASH_REMATCH[0]}") in that name for something else. Cure: move or rename" \
      "that folder"
  fi
}

# tank_check_path FOLDER: whether the set-up works there; otherwise `strange` says why not.
tank_check_path() {
  local LC_ALL=C rest=${1//[A-Za-z0-9\/._+@,=~ -]/} first
  strange=''
  first=${rest:0:1}
  if [[ $rest == *[![:ascii:]]* ]]; then
    strange="a character in its name is beyond ASCII"
  elif [ -n "$rest" ]; then
    strange="$(printf %q "$first") in its name means something to CMake or to the shell"
  elif [ ${#1} -gt 200 ]; then
    strange="its name has ${#1} characters, and over 200 the paths in it grow too long for Linux"
  fi
  [ -z "$strange" ]
}

# tank_check_place MIB: whether files can be kept in TANK_HOME, programs run from there, and whether
# there is room.
tank_check_place() {
  local probe free cure="Cure: export TANK_HOME=~/tank-home, or another folder, the same each time"
  local why
  why=$(LC_ALL=C mkdir -p -- "$stamps" "$log" "$venv/tmp" 2>&1) ||
    tank_die "nothing can be kept in $TANK_HOME (${why##*: }). $cure"
  probe=$venv/tmp/probe
  why=$({ LC_ALL=C printf '#!/bin/sh\n' >"$probe" && chmod +x "$probe"; } 2>&1) ||
    tank_die "nothing can be written into $TANK_HOME (${why##*: }). $cure"
  "$probe" 2>/dev/null ||
    tank_die "programs cannot be run from $TANK_HOME: its disk is mounted with noexec. $cure"
  ln -sf probe "$probe.link" 2>/dev/null ||
    tank_die "$TANK_HOME is on a disk without symbolic links. $cure"
  rm -f "$probe" "$probe.link"
  free=$(df -Pm -- "$venv" | awk 'END { print $(NF - 2) }')
  [ "$free" -ge "$1" ] ||
    tank_die "$TANK_HOME has $free MB free, and the set-up takes $1 MB. Cure: make room, or" \
      "export TANK_HOME=~/tank-home, or another folder, the same each time"
}

# --- Python ---------------------------------------------------------------------------------------

tank_python_fits() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}
tank_python_has_venv() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }
# CMake's FindPython3 wants them for the messages, after minutes.
tank_python_has_headers() {
  "$1" -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' 2>/dev/null
}

# Sets `python`: TANK_PYTHON, or ROS's own, or the first that has all, or the first that could be
# completed; empty when there is none.
tank_find_python() {
  local candidate candidates=(python3.12 python3.11 python3.13 python3)
  python=''
  if [ -n "${TANK_PYTHON:-}" ]; then
    tank_python_fits "$TANK_PYTHON" ||
      tank_refuse "TANK_PYTHON is '$TANK_PYTHON', which is no Python 3.11, 3.12 or 3.13" \
        "($("$TANK_PYTHON" --version 2>&1 | tail -n 1)). Cure: give the path of one, or unset" \
        "TANK_PYTHON"
    candidates=("$TANK_PYTHON")
  elif [ -n "$ros_system" ]; then
    # Whose rclpy it is depends on its Python, so no other one will do.
    tank_python_fits python3 && python3 -c 'import rclpy' 2>/dev/null ||
      tank_die "ROS_DISTRO and AMENT_PREFIX_PATH say that ROS 2 '$distro' is sourced, but python3" \
        "is none of 3.11 to 3.13 with its rclpy. Cure: in a new terminal source" \
        "/opt/ros/jazzy/setup.bash or kilted's, or take ROS 2 from PyPI: export TANK_WHEELS=1"
    candidates=(python3)
  fi
  for candidate in "${candidates[@]}"; do
    tank_python_fits "$candidate" && tank_python_has_venv "$candidate" &&
      tank_python_has_headers "$candidate" && python=$candidate && return
  done
  for candidate in "${candidates[@]}"; do
    tank_python_fits "$candidate" && python=$candidate && return
  done
  return 0
}

# --- packages of the system -----------------------------------------------------------------------

tank_has_library() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -qE "$1"; }

# Sets `missing`: what the system lacks, by Debian's names; `elsewhere`: what no package of the
# system can complete.
tank_find_missing() {
  local version found
  missing=() elsewhere=''
  command -v c++ >/dev/null && command -v make >/dev/null || missing+=(build-essential)
  command -v cmake >/dev/null || missing+=(cmake)
  if [ ! -x "$venv/bin/python" ]; then
    tank_find_python
  else
    python=$venv/bin/python
  fi
  if [ -z "$python" ]; then
    if command -v python3 >/dev/null; then
      found=$(python3 -c 'import platform; print(platform.python_version())' 2>&1 | tail -n 1)
      elsewhere="no Python 3.11, 3.12 or 3.13 was found (python3 is $found)"
    else
      missing+=(python3 python3-venv python3-dev)
    fi
  else
    # Debian names them by the version; a Python from elsewhere brings them along or cannot be
    # helped.
    version=$("$python" -c 'import sys
print("python%d.%d" % sys.version_info[:2] if sys.base_prefix == "/usr" else "")')
    if ! tank_python_has_venv "$python"; then
      [ -n "$version" ] && missing+=("$version-venv") ||
        elsewhere="$python has no venv and ensurepip"
    fi
    if ! tank_python_has_headers "$python"; then
      [ -n "$version" ] && missing+=("$version-dev") ||
        elsewhere="$python has no headers ($("$python" -c 'import sysconfig
print(sysconfig.get_path("include"))')/Python.h)"
    fi
  fi
  # By the names of files, which is a guess; whether it renders is tried when the Python packages
  # are there.
  tank_on_robot || { tank_has_library 'libEGL\.so\.1 ' && tank_has_library 'libOpenGL\.so\.0 ' &&
    tank_has_library 'libEGL_|libgallium'; } || tank_has_library 'libOSMesa' ||
    missing+=("${tank_egl[@]}")
}

# EGL in software is the first choice: OSMesa left Mesa in 25.1.
# PyOpenGL wants libOpenGL beside it.
tank_egl=(libegl1 libopengl0 libgl1-mesa-dri)
tank_osmesa=(libosmesa6)
tank_needs_only_opengl() { [ "${missing[*]}" = "${tank_egl[*]}" ]; }

# tank_install_command PACKAGE...: the one line that gives them, on this system; in words where its
# package manager is another.
tank_install_command() {
  local name fedora=() arch=() command
  for name; do
    case $name in
      build-essential) fedora+=(gcc-c++ make) arch+=(base-devel) ;;
      libegl1) fedora+=(mesa-libEGL) arch+=(mesa) ;;
      libopengl0) fedora+=(libglvnd-opengl) ;;
      libgl1-mesa-dri) fedora+=(mesa-dri-drivers) ;;
      python*-venv) ;;
      python*-dev) fedora+=("${name}el") ;;
      python3) fedora+=(python3) arch+=(python) ;;
      *) fedora+=("$name") arch+=("$name") ;;
    esac
  done
  if command -v apt-get >/dev/null; then
    command="apt-get update; apt-get install -y $*"
  elif command -v dnf >/dev/null; then
    command="dnf install -y ${fedora[*]}"
  elif command -v pacman >/dev/null; then
    command="pacman -S --needed ${arch[*]}"
  else
    echo "install what Debian calls $* with your system's package manager"
    return
  fi
  if [ "$(id -u)" -eq 0 ]; then
    echo "$command"
  elif command -v sudo >/dev/null; then
    echo "sudo sh -c '$command'"
  else
    echo "su -c '$command'"
  fi
}

tank_may_install() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; }

# One source of apt that does not answer must not keep the others from giving what they have.
tank_apt_install() {
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q -o DPkg::Lock::Timeout=300 "$@"
}

# Everything that is missing is named at once, in one command; root gets it installed.
tank_system_packages() {
  tank_find_missing
  [ -z "$elsewhere" ] ||
    tank_die "$elsewhere. Cure: install a Python 3.11, 3.12 or 3.13 with venv and its" \
      "headers${missing[*]:+ and ${missing[*]}}, and set TANK_PYTHON to it"
  [ ${#missing[@]} -gt 0 ] || return 0
  if tank_may_install; then
    tank_progress "system packages (${missing[*]})" "$log/system.log" tank_apt_install \
      "${missing[@]}"
    tank_find_missing
    [ ${#missing[@]} -eq 0 ] || tank_needs_only_opengl ||
      tank_die "the system still lacks ${missing[*]} after their installation; its log is" \
        "$log/system.log"
  elif tank_needs_only_opengl; then
    tank_say "no OpenGL without a screen: the camera will be off. Cure:" \
      "$(tank_install_command "${missing[@]}")"
  else
    tank_die "the system lacks ${missing[*]}. Cure: $(tank_install_command "${missing[@]}"); then" \
      "run the same command again"
  fi
}

# --- variables ------------------------------------------------------------------------------------

# What another Python, pip or ROS has left in the environment, and what would break the set-up by
# it.
tank_clean_environment() {
  unset PYTHONHOME PYTHONPLATLIBDIR PYTHONSTARTUP PYTHONWARNINGS PYTHONOPTIMIZE PIP_TARGET \
    PIP_PREFIX PIP_ROOT PIP_REQUIRE_VIRTUALENV PIP_REQUIRE_HASHES PIP_DRY_RUN
  export PIP_USER=0 PYTHONNOUSERSITE=1 PYTHONUTF8=1
  if [ -z "$ros_system" ]; then
    unset PYTHONPATH AMENT_PREFIX_PATH COLCON_PREFIX_PATH CMAKE_PREFIX_PATH ROS_PACKAGE_PATH
  fi
}

# A domain beyond 232 has no UDP ports, and those from 102 on may be taken by other programs
# (docs.ros.org, "The ROS_DOMAIN_ID").
tank_check_domain() {
  local id=${ROS_DOMAIN_ID:-0}
  [[ $id =~ ^[0-9]{1,4}$ ]] && [ "$((10#$id))" -le 232 ] ||
    tank_refuse "ROS_DOMAIN_ID is $(printf %q "$id"); say a number from 0 to 101, the same on all" \
      "machines, or unset it"
}
