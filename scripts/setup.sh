# Sets Tank up, step by step; each step leaves a stamp of what it was made from, so that nothing is
# done twice and an interrupted set-up goes on where it stopped. Sourced by ./tank; needs TANK_ROOT.

tank_scripts=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
. "$tank_scripts/machine.sh"
: "${TANK_HOME:=$TANK_ROOT/.tank}"
tank_packages=() # the folders of src with Python in them
for tank_package in "$TANK_ROOT"/src/*/setup.py; do
  tank_package=${tank_package%/setup.py}
  [ ! -d "$tank_package" ] || tank_packages+=("${tank_package##*/}")
done

tank_version() {
  sed -n 's/.*<version>\(.*\)<\/version>.*/\1/p' "$TANK_ROOT/src/tank_core/package.xml"
}

# Where ROS 2 is sourced it is used; otherwise its wheels from PyPI are.
tank_choose_ros() {
  tank_choose_home
  if [ -n "${ROS_DISTRO:-}" ] && [ -n "${AMENT_PREFIX_PATH:-}" ] && [ -z "${TANK_WHEELS:-}" ]; then
    ros_system=1 distro=$ROS_DISTRO
    [[ $distro =~ ^[a-z0-9_]+$ ]] ||
      tank_refuse "ROS_DISTRO is $(printf %q "$distro"); it is a name such as jazzy. Cure: source" \
        "your ROS 2 anew in a new terminal, or take it from PyPI: export TANK_WHEELS=1"
  else
    ros_system='' distro=${TANK_ROS_DISTRO:-jazzy}
    [ -f "$TANK_ROOT/requirements/ros-$distro.txt" ] ||
      tank_refuse "TANK_ROS_DISTRO is '$distro'; say jazzy or kilted, or source your own ROS 2" \
        "first"
  fi
  venv=$TANK_HOME/$distro
  workspace=$venv/ws
  stamps=$venv/stamps
  log=$venv/log
}

tank_fingerprint() { cat -- "$@" | sha256sum | cut -c1-32; }

# tank_is_done NAME FINGERPRINT [COMMAND...]: whether the step's stamp says that it was done from
# the same input.
tank_is_done() { [ "$(cat "$stamps/${1// /_}" 2>/dev/null)" = "$2" ]; }

# tank_step NAME FINGERPRINT COMMAND...: run a step unless it is done.
tank_step() {
  local name=$1 fingerprint=$2 file
  tank_is_done "$@" && return 0
  shift 2
  file=$stamps/${name// /_}
  rm -f "$file"
  tank_progress "$name" "$log/${name// /_}.log" "$@"
  printf '%s\n' "$fingerprint" >"$file"
}

# Shows the step's name, the time and the last line of its log while it runs; its whole log when it
# fails.
tank_progress() {
  local name=$1 file=$2 start=$SECONDS line shown=$SECONDS status=0
  shift 2
  "$@" >"$file" 2>&1 </dev/null &
  local pid=$!
  trap 'kill $pid 2>/dev/null; echo >&2
    tank_say "interrupted in: $name. The same command goes on from there"; exit 130' INT TERM
  local columns
  columns=$({ stty size </dev/tty | cut -d" " -f2; } 2>/dev/null) || true
  while kill -0 "$pid" 2>/dev/null; do
    if [ -t 2 ]; then
      line=$(tail -n 1 "$file" 2>/dev/null | tr -cd '[:print:]')
      line="tank: $name ... $((SECONDS - start)) s  $line"
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
    # Of a compiler's or pip's log the end is seldom the cause.
    { grep -m 5 -iE '(^|[^a-z_])(error|fatal|no space left|permission denied)([^a-z_]|$)' "$file" &&
      echo ...; tail -n 15 "$file"; } >&2
    tank_die "$name failed after $((SECONDS - start)) s; the whole log is $file. Mend the cause" \
      "and run the same command again: it goes on from here"
  fi
  tank_say "$name: done in $((SECONDS - start)) s"
}

# A robot gets what drives it; a PC also what simulates, tests and trains.
tank_on_robot() { [ "$(uname -m)" = aarch64 ]; }

tank_make_venv() {
  if [ -n "$ros_system" ]; then
    "$python" -m venv --system-site-packages "$venv"
  else
    "$python" -m venv "$venv"
  fi
  "$venv/bin/python" -m pip install --upgrade pip 'setuptools<80' wheel
}

# llama.cpp without the parts that Tank never uses, for any x86-64 or arm64 machine, so that answers
# do not depend on it.
tank_llama_flags="-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF \
-DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_SERVER=OFF \
$(tank_quote "-DCMAKE_PROJECT_llama.cpp_INCLUDE=$tank_scripts/llama.cmake")"
# A wheel of llama.cpp that was built elsewhere (scripts/cross_build_llama.sh) and lies in
# .tank/wheels saves a Pi the hours. What is compiled is compiled in TANK_HOME: /tmp may be small,
# or mounted with noexec.
tank_pip() {
  local wheels=() status=0
  [ ! -d "$TANK_HOME/wheels" ] || wheels=(--find-links "$TANK_HOME/wheels")
  TMPDIR=$venv/tmp CMAKE_ARGS="$tank_llama_flags ${CMAKE_ARGS:-}" "$venv/bin/python" \
    -m pip install --progress-bar off "${wheels[@]}" "$@" || status=$?
  rm -rf "$venv/tmp"
  mkdir -p "$venv/tmp"
  return $status
}

# tank_pip_packages FILE...: a sourced ROS 2 keeps its own numpy, against which its messages were
# compiled, and its own OpenCV.
tank_pip_packages() {
  local wanted=$venv/requirements.txt module
  sed -s '$a\' "$@" >"$wanted"
  if [ -n "$ros_system" ]; then
    for module in numpy cv2:opencv-python-headless; do
      "$venv/bin/python" -c "import ${module%%:*}" 2>/dev/null &&
        sed -i "/^${module##*:}==/d" "$wanted"
    done
    # OpenCV 5 needs NumPy 2, and a sourced Jazzy has 1.26.
    "$venv/bin/python" -c 'import numpy, sys; sys.exit(numpy.__version__ >= "2")' 2>/dev/null &&
      sed -i 's/^opencv-python-headless==.*/opencv-python-headless==4.11.0.86/' "$wanted"
    "$venv/bin/python" -c 'import numpy; print(f"numpy=={numpy.__version__}")' >>"$wanted" \
      2>/dev/null || true
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
    export AMENT_PREFIX_PATH=$venv CMAKE_PREFIX_PATH=$venv \
      LD_LIBRARY_PATH=$venv/lib:${LD_LIBRARY_PATH:-}
    unset PYTHONPATH COLCON_PREFIX_PATH
  fi
  "$venv/bin/python" -c 'import tf2_msgs' 2>/dev/null || paths+=(compat/tf2_msgs)
  python -m colcon --log-base "$workspace/log" build --merge-install --symlink-install \
    --build-base "$workspace/build" --install-base "$workspace/install" \
    --base-paths "${paths[@]}" --event-handlers console_direct- \
    --cmake-args "-DPython3_EXECUTABLE=$venv/bin/python" -DBUILD_TESTING=OFF
)

tank_check_models() { (cd "$TANK_ROOT/models" && sha256sum --check --strict SHA256SUMS); }

# Which OpenGL there is says only a picture. Root gets the second choice when the first renders
# nothing; without any the camera is off.
tank_try_opengl() {
  tank_run_module tank_sim.sensors.opengl && return
  tank_may_install || return
  tank_apt_install "${tank_egl[@]}" && tank_run_module tank_sim.sensors.opengl && return
  tank_apt_install "${tank_osmesa[@]}" && tank_run_module tank_sim.sensors.opengl
}

tank_run_module() { (tank_enter && cd "$TANK_ROOT" && exec "$venv/bin/python" -m "$@"); }

# tank_steps ACTION [--train | --docs | --gemma]: everything that makes Tank, in order; ACTION is
# tank_step, or tank_is_done to ask only.
tank_steps() {
  local action=$1 r=$TANK_ROOT/requirements
  local files=("$r/robot.txt" "$r/build.txt")
  tank_on_robot || files+=("$r/sim.txt" "$r/gemma.txt" "$r/dev.txt")
  "$action" "virtual environment" "$distro" tank_make_venv || return
  if [ -z "$ros_system" ]; then
    "$action" "ROS 2 $distro" "$(tank_fingerprint "$r/ros-$distro.txt")" \
      tank_pip -r "$r/ros-$distro.txt" || return
    "$action" "repair of the ROS 2 wheels" \
      "$(tank_fingerprint "$r/ros-$distro.txt" "$tank_scripts/setup.sh")" \
      tank_repair_wheels || return
  fi
  "$action" "Python packages, llama.cpp compiled (2 to 8 minutes)" \
    "$(tank_fingerprint "${files[@]}")" tank_pip_packages "${files[@]}" || return
  [ "${2:-}" != --docs ] ||
    "$action" "docs tools" "$(tank_fingerprint "$r/docs.txt")" tank_pip -r "$r/docs.txt" || return
  [ "${2:-}" != --train ] ||
    "$action" "training tools" "$(tank_fingerprint "$r/train.txt")" \
      tank_pip -r "$r/train.txt" || return
  [ "${2:-}" != --gemma ] ||
    "$action" "what builds tank-gemma" "$(tank_fingerprint "$r/gemma.txt")" \
      tank_pip -r "$r/gemma.txt" || return
  "$action" "workspace" \
    "$TANK_ROOT $(cd "$TANK_ROOT" && tank_fingerprint src/tank_msgs/*/* \
      src/*/{package.xml,setup.py,CMakeLists.txt} launch/{package.xml,CMakeLists.txt} \
      2>/dev/null)" tank_build_workspace || return
  "$action" "model check" \
    "$(tank_fingerprint "$TANK_ROOT/models/SHA256SUMS")$(
      stat -c %Y.%s "$TANK_ROOT"/models/{*.gguf,*/*.safetensors} | tr '\n' ' '
    )" tank_check_models || return
}

# A virtual environment knows its own place and its Python; where one of them is gone nothing in it
# works.
tank_forget_dead_venv() {
  [ -e "$venv/pyvenv.cfg" ] || return 0
  if [ -x "$venv/bin/python" ] &&
    [[ $(sed -n 's/^command = //p' "$venv/pyvenv.cfg") == *" $venv" ]]; then return 0; fi
  tank_say "$venv was made in another place or by a Python that is gone, and is made anew"
  rm -rf "$venv"
}

# tank_setup [--train | --docs | --gemma]: everything that is missing, in order, and at the end what
# works. With nothing to do it takes a blink.
tank_setup() {
  [ -n "$ros_system" ] || ! tank_on_robot ||
    tank_die "ROS 2 from PyPI exists for x86-64 only, and this is an arm64 machine. Cure: sudo" \
      "pi/install.sh --docker, then cd /etc/tank and sudo docker compose up -d; or install ROS 2" \
      "and source it first (docs/hardware.md)"
  tank_forget_dead_venv
  tank_steps tank_is_done "$@" && tank_opengl_is_tried && return
  tank_check_place 2500
  tank_system_packages
  ( # its variables are its own
    tank_clean_environment
    tank_steps tank_step "$@"
  ) || exit
  tank_render
  tank_tell_what_works
}

# One line: camera, viewer, ROS, model. A part that does not work keeps nobody from the others.
tank_tell_what_works() {
  local said
  said=$(tank_run_module tank_cli.doctor.what_works) || true
  local broken="the set-up is done, but nothing of it starts."
  tank_say "${said:-$broken Cure: delete $venv and run the same command again}"
}

# Tried again when a library for it has come or gone.
tank_opengl_libraries() { { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null |
  grep -E 'lib(EGL|OSMesa|gallium|GL)' || true; echo "${MUJOCO_GL:-}"; } | sha256sum | cut -c1-32; }
tank_opengl_is_tried() { tank_on_robot || tank_is_done "OpenGL" "$(tank_opengl_libraries)"; }
tank_render() {
  tank_opengl_is_tried && return
  tank_try_opengl >"$log/OpenGL.log" 2>&1 </dev/null || true # what works is told at the end
  tank_opengl_libraries >"$stamps/OpenGL"
}

# The environment as assignments, without colcon's slow setup script.
tank_print_environment() {
  local install=$workspace/install path="" package prefix libraries
  for package in "${tank_packages[@]}"; do path=$path$TANK_ROOT/src/$package:; done
  path=$path$(echo "$install"/lib/python3*/site-packages)
  prefix=$install libraries=$install/lib
  [ -n "$ros_system" ] || prefix=$prefix:$venv libraries=$libraries:$venv/lib
  printf 'export TANK_ROOT=%s TANK_HOME=%s VIRTUAL_ENV=%s PATH=%s:"$PATH"\n' \
    "$(tank_quote "$TANK_ROOT")" "$(tank_quote "$TANK_HOME")" "$(tank_quote "$venv")" \
    "$(tank_quote "$venv/bin")"
  path=$(tank_quote "$path") prefix=$(tank_quote "$prefix")
  if [ -n "$ros_system" ]; then
    printf 'export PYTHONPATH=%s"${PYTHONPATH:+:$PYTHONPATH}"\n' "$path"
    printf 'export AMENT_PREFIX_PATH=%s"${AMENT_PREFIX_PATH:+:$AMENT_PREFIX_PATH}"\n' "$prefix"
  else # another ROS's packages would come before the wheels
    printf 'export PYTHONPATH=%s AMENT_PREFIX_PATH=%s TANK_WHEELS=1 PYTHONNOUSERSITE=1\n' \
      "$path" "$prefix"
    printf 'unset PYTHONHOME\n'
    ! tank_rmw_is_foreign || printf 'unset RMW_IMPLEMENTATION\n'
  fi
  printf 'export LD_LIBRARY_PATH=%s"${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n' \
    "$(tank_quote "$libraries")"
  printf 'export ROS_AUTOMATIC_DISCOVERY_RANGE="${ROS_AUTOMATIC_DISCOVERY_RANGE:-LOCALHOST}" '
  printf 'ROS_DISTRO=%s\n' "$(tank_quote "$distro")"
}

tank_enter() { eval "$(tank_print_environment)"; }

# Whether a ROS middleware is asked for that the wheels do not have.
tank_rmw_is_foreign() { [ -n "${RMW_IMPLEMENTATION:-}" ] &&
  [ ! -e "$venv/lib/lib$RMW_IMPLEMENTATION.so" ]; }

# What of the environment is left out, said once.
tank_tell_environment() {
  [ -z "$ros_system" ] || return 0
  ! tank_rmw_is_foreign ||
    tank_say "RMW_IMPLEMENTATION=$RMW_IMPLEMENTATION is left out: ROS 2 from PyPI has" \
      "rmw_fastrtps_cpp alone"
  case :${PYTHONPATH:-}: in
    *:/opt/ros/*)
      tank_say "the PYTHONPATH of a ROS 2 in /opt/ros is left out: here it comes from PyPI"
      ;;
  esac
}
