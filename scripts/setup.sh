# Sets Tank up, step by step; each step leaves a stamp of what it was made from, so that nothing is done twice and an
# interrupted set-up goes on where it stopped. Sourced by ./tank; needs TANK_ROOT.

: "${TANK_HOME:=$TANK_ROOT/.tank}"
tank_packages=(tank_core tank_ik tank_perception tank_executor tank_language tank_sim tank_hw_driver tank_cli)

tank_say() { printf 'tank: %s\n' "$*" >&2; }
tank_die() { tank_say "$*"; exit 1; }
tank_version() { sed -n 's/.*<version>\(.*\)<\/version>.*/\1/p' "$TANK_ROOT/src/tank_core/package.xml"; }

# Where ROS 2 is sourced it is used; otherwise its wheels from PyPI are.
tank_choose_ros() {
  if [ -n "${ROS_DISTRO:-}" ] && [ -n "${AMENT_PREFIX_PATH:-}" ] && [ -z "${TANK_WHEELS:-}" ]; then
    ros_system=1 distro=$ROS_DISTRO
  else
    ros_system='' distro=${TANK_ROS_DISTRO:-jazzy}
    [ -f "$TANK_ROOT/requirements/ros-$distro.txt" ] || tank_die "TANK_ROS_DISTRO is '$distro'; say jazzy or kilted, or source your own ROS 2 first"
  fi
  venv=$TANK_HOME/$distro
  workspace=$venv/ws
  stamps=$venv/stamps
  log=$venv/log
}

tank_fingerprint() { cat -- "$@" | sha256sum | cut -c1-32; }

# tank_step NAME FINGERPRINT COMMAND...: run a step unless its stamp says that it was done from the same input.
tank_step() {
  local name=$1 fingerprint=$2 file
  shift 2
  file=$stamps/${name// /_}
  [ "$(cat "$file" 2>/dev/null)" = "$fingerprint" ] && return 0
  mkdir -p "$stamps" "$log"
  rm -f "$file"
  tank_progress "$name" "$log/${name// /_}.log" "$@"
  printf '%s\n' "$fingerprint" >"$file"
}

# Shows the step's name, the time and the last line of its log while it runs; its whole log when it fails.
tank_progress() {
  local name=$1 file=$2 start=$SECONDS line shown=$SECONDS status=0
  shift 2
  "$@" >"$file" 2>&1 </dev/null &
  local pid=$!
  trap 'kill $pid 2>/dev/null; echo >&2; tank_say "interrupted in: $name. The same command goes on from there"; exit 130' INT TERM
  local columns
  columns=$({ stty size </dev/tty | cut -d" " -f2; } 2>/dev/null) || true
  while kill -0 "$pid" 2>/dev/null; do
    if [ -t 2 ]; then
      line="tank: $name ... $((SECONDS - start)) s  $(tail -n 1 "$file" 2>/dev/null | tr -cd '[:print:]')"
      printf '\r\033[K%s' "${line:0:${columns:-80}-1}" >&2
    elif [ $((SECONDS - shown)) -ge 30 ]; then
      tank_say "$name ... $((SECONDS - start)) s"
      shown=$SECONDS
    fi
    sleep 0.2
  done
  wait "$pid" || status=$?
  trap - INT TERM
  [ -t 2 ] && printf '\r\033[K' >&2
  if [ "$status" -ne 0 ]; then
    tail -n 25 "$file" >&2
    tank_die "$name failed after $((SECONDS - start)) s; the whole log is $file. Mend the cause and run the same command again: it goes on from here"
  fi
  tank_say "$name: done in $((SECONDS - start)) s"
}

# A robot gets what drives it; a PC also what simulates, tests and trains.
tank_on_robot() { [ "$(uname -m)" = aarch64 ]; }

# What only the system can give: a compiler for llama.cpp and the messages, and an OpenGL that needs no screen.
tank_system_packages() {
  local missing=()
  command -v c++ >/dev/null || missing+=(build-essential)
  command -v cmake >/dev/null || missing+=(cmake)
  tank_on_robot || PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -qE 'libOSMesa|libEGL\.so' || missing+=(libosmesa6)
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    tank_progress "system packages (${missing[*]})" "$log/system.log" bash -c "apt-get update -q && apt-get install -y -q ${missing[*]}"
  elif [ "${missing[*]}" = libosmesa6 ]; then
    tank_say "no OpenGL without a screen: the camera will be off. Cure: sudo apt-get install -y libosmesa6"
  else
    tank_die "the system lacks ${missing[*]}. Cure: sudo apt-get install -y ${missing[*]}"
  fi
}

tank_find_python() {
  local candidate
  if [ -n "$ros_system" ]; then echo python3; return; fi # the one that ROS was built for
  for candidate in ${TANK_PYTHON:-} python3.12 python3.11 python3.13 python3; do
    "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { echo "$candidate"; return; }
  done
  tank_die "no Python 3.11, 3.12 or 3.13 with venv was found. Cure: sudo apt-get install -y python3 python3-venv (or set TANK_PYTHON to one)"
}

tank_make_venv() {
  local python=$1
  if [ -n "$ros_system" ]; then "$python" -m venv --system-site-packages "$venv"; else "$python" -m venv "$venv"; fi
  "$venv/bin/python" -m pip install --upgrade pip 'setuptools<80' wheel
}

# llama.cpp without the parts that Tank never uses, for any x86-64 or arm64 machine, so that answers do not depend on it.
tank_llama_flags="-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_COMMON=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_SERVER=OFF"
# A wheel of llama.cpp that was built elsewhere (scripts/cross_build_llama.sh) and lies in .tank/wheels saves a Pi the hours.
tank_pip() {
  PIP_FIND_LINKS="${PIP_FIND_LINKS:-} $TANK_HOME/wheels" CMAKE_ARGS="$tank_llama_flags ${CMAKE_ARGS:-}" \
    "$venv/bin/python" -m pip install --progress-bar off "$@"
}

# tank_pip_packages FILE...: a sourced ROS 2 keeps its own numpy, against which its messages were compiled, and its own OpenCV.
tank_pip_packages() {
  local wanted=$venv/requirements.txt module
  sed -s '$a\' "$@" >"$wanted"
  if [ -n "$ros_system" ]; then
    for module in numpy cv2:opencv-python-headless; do
      "$venv/bin/python" -c "import ${module%%:*}" 2>/dev/null && sed -i "/^${module##*:}==/d" "$wanted"
    done
    # OpenCV 5 needs NumPy 2, and a sourced Jazzy has 1.26.
    "$venv/bin/python" -c 'import numpy, sys; sys.exit(numpy.__version__ >= "2")' 2>/dev/null && sed -i 's/^opencv-python-headless==.*/opencv-python-headless==4.11.0.86/' "$wanted"
    "$venv/bin/python" -c 'import numpy; print(f"numpy=={numpy.__version__}")' >>"$wanted" 2>/dev/null || true
  fi
  tank_pip -r "$wanted"
}

# The wheels' CMake files name the Python of the machine that built them; make them name ours.
tank_repair_wheels() {
  "$venv/bin/python" - <<'PY'
import pathlib, re, sys, sysconfig

include, site = sysconfig.get_path("include"), sysconfig.get_path("purelib")
mended = 0
for file in pathlib.Path(sys.prefix, "share").glob("*/cmake/*.cmake"):
    text = file.read_text()
    new = re.sub(r"[^;\"\s]*/cp\d+-cp\d+/include/python[\d.]+", include, text)
    new = re.sub(r"[^;\"\s]*/cp\d+-cp\d+/lib/python[\d.]+/site-packages", site, new)
    if new != text:
        file.write_text(new)
        mended += 1
print(f"{mended} files mended")
PY
}

tank_build_workspace() (
  cd "$TANK_ROOT"
  export PATH="$venv/bin:$PATH" VIRTUAL_ENV=$venv
  local paths=(src launch)
  if [ -z "$ros_system" ]; then
    export AMENT_PREFIX_PATH=$venv CMAKE_PREFIX_PATH=$venv LD_LIBRARY_PATH=$venv/lib:${LD_LIBRARY_PATH:-}
    unset PYTHONPATH COLCON_PREFIX_PATH
  fi
  "$venv/bin/python" -c 'import tf2_msgs' 2>/dev/null || paths+=(compat/tf2_msgs)
  python -m colcon --log-base "$workspace/log" build --merge-install --symlink-install --build-base "$workspace/build" \
    --install-base "$workspace/install" --base-paths "${paths[@]}" --event-handlers console_direct- \
    --cmake-args "-DPython3_EXECUTABLE=$venv/bin/python" -DBUILD_TESTING=OFF
)

tank_check_models() { (cd "$TANK_ROOT/models" && sha256sum --check --strict SHA256SUMS); }

# tank_setup [--train]: everything that is missing, in order.
tank_setup() {
  tank_choose_ros
  [ -n "$ros_system" ] || ! tank_on_robot || tank_die "ROS 2 from PyPI exists for x86-64 only, and this is an arm64 machine. Cure: sudo pi/install.sh --docker, then cd /etc/tank and sudo docker compose up -d; or install ROS 2 and source it first (docs/hardware.md)"
  tank_system_packages
  local r=$TANK_ROOT/requirements python
  local files=("$r/robot.txt" "$r/build.txt")
  tank_on_robot || files+=("$r/sim.txt" "$r/dev.txt")
  if [ ! -x "$venv/bin/python" ] || [ ! -f "$stamps/virtual_environment" ]; then
    python=$(tank_find_python)
    tank_step "virtual environment" "$distro" tank_make_venv "$python"
  fi
  [ -n "$ros_system" ] || tank_step "ROS 2 $distro" "$(tank_fingerprint "$r/ros-$distro.txt")" tank_pip -r "$r/ros-$distro.txt"
  [ -n "$ros_system" ] || tank_step "repair of the ROS 2 wheels" "$(tank_fingerprint "$r/ros-$distro.txt" "$TANK_ROOT/scripts/setup.sh")" tank_repair_wheels
  tank_step "Python packages, llama.cpp compiled (3 to 12 minutes)" "$(tank_fingerprint "${files[@]}")" tank_pip_packages "${files[@]}"
  [ "${1:-}" != --train ] || tank_step "training tools" "$(tank_fingerprint "$r/train.txt")" tank_pip -r "$r/train.txt"
  tank_step "workspace" "$(cd "$TANK_ROOT" && tank_fingerprint src/tank_msgs/*/* src/*/{package.xml,setup.py,CMakeLists.txt} launch/{package.xml,CMakeLists.txt} 2>/dev/null)" tank_build_workspace
  tank_step "model check" "$(tank_fingerprint "$TANK_ROOT/models/SHA256SUMS")$(stat -c %Y.%s "$TANK_ROOT"/models/*.gguf | tr '\n' ' ')" tank_check_models
}

# The environment as assignments, without colcon's slow setup script.
tank_print_environment() {
  local install=$workspace/install path="" package prefix libraries
  for package in "${tank_packages[@]}"; do path=$path$TANK_ROOT/src/$package:; done
  path=$path$(echo "$install"/lib/python3*/site-packages)
  prefix=$install libraries=$install/lib
  [ -n "$ros_system" ] || prefix=$prefix:$venv libraries=$libraries:$venv/lib
  cat <<TEXT
export TANK_ROOT='$TANK_ROOT' TANK_HOME='$TANK_HOME' VIRTUAL_ENV='$venv' PATH='$venv/bin':"\$PATH"
export PYTHONPATH='$path'"\${PYTHONPATH:+:\$PYTHONPATH}"
export AMENT_PREFIX_PATH='$prefix'"\${AMENT_PREFIX_PATH:+:\$AMENT_PREFIX_PATH}"
export LD_LIBRARY_PATH='$libraries'"\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export ROS_AUTOMATIC_DISCOVERY_RANGE="\${ROS_AUTOMATIC_DISCOVERY_RANGE:-LOCALHOST}" ROS_DISTRO='$distro'
TEXT
  [ -n "$ros_system" ] || echo "export TANK_WHEELS=1 PYTHONNOUSERSITE=1"
}

tank_enter() { eval "$(tank_print_environment)"; }
