#!/usr/bin/env bash
# write_env.sh FILE: the environment of ROS 2 and Tank as assignments, so that a start on the Pi
# need not run the setup scripts (seconds there).
set -eo pipefail # no -u: the setup scripts use variables that may be unset
tank=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
file=${1:?say which file to write}
# shellcheck disable=SC1090,SC1091
. "/opt/ros/${ROS_DISTRO:-jazzy}/setup.bash"
# shellcheck disable=SC1091
. "$tank/install/local_setup.bash"
PATH=$tank/venv/bin:$PATH
for name in PATH PYTHONPATH LD_LIBRARY_PATH AMENT_PREFIX_PATH ROS_DISTRO ROS_VERSION \
  ROS_PYTHON_VERSION; do
  printf 'export %s=%q\n' "$name" "${!name}"
done >"$file"
