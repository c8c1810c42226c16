#!/usr/bin/env bash
# Makes a Raspberry Pi OS (Bookworm, Trixie) or an Ubuntu 24.04 ready for Tank: devices, groups,
# boot settings, services. Safe to run again.
# Usage: sudo pi/install.sh [--board NAME] [--docker] [--dry-run] [--root DIR]
#   --board NAME  motor_hat or pro: their motor pins are driven low by the firmware, before Linux
#                 starts; robot_hat_v3 needs nothing
#   --docker      the robot runs in containers: put compose.yaml and what it needs into /etc/tank,
#                 and enable no systemd service
#   --dry-run     say what would be done, and do nothing
#   --root DIR    work on the system under DIR (a mounted SD card, a test)
set -euo pipefail
here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
root='' board='' docker='' dry='' boot_changed=''
begin='# Tank begins' end='# Tank ends'

say() { printf 'install: %s\n' "$*"; }
die() { printf 'install: %s\n' "$*" >&2; exit 1; }
act() { if [ -n "$dry" ]; then say "would run: $*"; else "$@"; fi; }

while [ $# -gt 0 ]; do
  case $1 in
    --board) board=${2:-} && shift ;;
    --root)
      [ -d "${2:-}" ] || die "--root '${2:-}' is not a folder"
      root=$(realpath -- "$2") && shift
      ;;
    --docker) docker=1 ;;
    --dry-run) dry=1 ;;
    -h | --help) sed -n '2,10s/^# \?//p' "$0"; exit 0 ;;
    *) die "there is no option '$1'; --help lists them" ;;
  esac
  shift
done
# The firmware sets these pins before Linux starts. Else GPIO4 is pulled up, and 14, the UART's, is
# high: the right motor of a Motor HAT turns.
case $board in # as in tank_hw_driver/boards/NAME.yaml
  motor_hat) pins=4,14,15,17,18,27 ;;
  pro) pins=4,17,18,21,26,27 ;;
  robot_hat_v3 | '') pins='' ;;
  *) die "board '$board' is not known; say motor_hat, pro or robot_hat_v3" ;;
esac
[ -n "$root" ] || [ -n "$dry" ] || [ "$(id -u)" -eq 0 ] ||
  die "it changes the system; run it with sudo, or look first with --dry-run"
for boot in "$root/boot/firmware" "$root/boot" ''; do [ ! -f "$boot/config.txt" ] || break; done
[ -n "$boot" ] ||
  die "there is no config.txt in $root/boot/firmware or $root/boot;" \
    "is this a Raspberry Pi's system?"

# as it was said before
[ -n "$board" ] ||
  pins=$(sed -n "/^$begin\$/,/^$end\$/s/^gpio=\(.*\)=op,dl\$/\1/p" "$boot/config.txt")

# put FILE COMMAND...: make FILE what COMMAND says, if it is not that already. Of boot settings the
# first version is kept beside them.
put() {
  local file=$1 text
  shift
  text=$("$@")
  [ "$text" != "$(cat "$file" 2>/dev/null)" ] || return 0
  if [ -n "$dry" ]; then
    say "would change $file:"
    diff <(cat "$file" 2>/dev/null) <(printf '%s\n' "$text") | sed 's/^/    /' || true
    return 0
  fi
  case $file in "$boot"/*)
    boot_changed=1
    [ -e "$file.before-tank" ] || cp "$file" "$file.before-tank" ;;
  esac
  mkdir -p "$(dirname "$file")"
  # written beside and renamed: a brown-out in the middle leaves a system that boots
  printf '%s\n' "$text" >"$file.tank-new"
  sync "$file.tank-new"
  mv "$file.tank-new" "$file"
  say "changed $file"
}

config_text() {
  sed "/^$begin\$/,/^$end\$/d" "$boot/config.txt"
  echo "$begin"
  echo '[all]'
  echo 'dtparam=i2c_arm=on,i2c_arm_baudrate=400000'
  echo 'enable_uart=0'
  echo 'camera_auto_detect=1'
  [ -z "$pins" ] || echo "gpio=$pins=op,dl"
  echo "$end"
}

# No console on the UART, whose pins drive a motor of the Motor HAT; memory limits, which Raspberry
# Pi's kernels switch off.
cmdline_text() {
  local word words=()
  read -ra words <"$boot/cmdline.txt" || true
  for word in "${words[@]}"; do
    case $word in
      console=serial* | console=ttyS0* | console=ttyAMA0* | cgroup_enable=memory) ;;
      *) printf '%s ' "$word" ;;
    esac
  done
  echo 'cgroup_enable=memory'
}

group_id() {
  local id
  id=$(sed -n "s/^$1:[^:]*:\([0-9]*\):.*/\1/p" "$root/etc/group")
  [ -n "$id" ] || [ -n "$dry" ] || die "the system has no group $1"
  echo "$id"
}

# The camera's devices that are there now; of a CSI camera there are a dozen, and libcamera asks
# udev for them.
camera_text() {
  local device devices=() IFS=,
  for device in "$root"/dev/video* "$root"/dev/media* "$root"/dev/v4l-subdev* \
    "$root"/dev/dma_heap/*; do
    [ ! -e "$device" ] || devices+=("${device#"$root"}")
  done
  echo '# The camera as pi/install.sh --docker found it; run that again when the camera has' \
    'changed.'
  echo "services: {robot: {volumes: ['/run/udev:/run/udev:ro'], devices: [${devices[*]}]}}"
}

env_text() {
  echo '# By pi/install.sh --docker: who may open the devices, as numbers, because a' \
    'container has other names.'
  echo 'COMPOSE_FILE=compose.yaml:camera.yaml'
  echo "TANK_UID=$(sed -n 's/^tank:[^:]*:\([0-9]*\):.*/\1/p' "$root/etc/passwd")"
  echo "TANK_GID=$(group_id tank)"
  echo "I2C_GID=$(group_id i2c)"
  echo "GPIO_GID=$(group_id gpio)"
  echo "VIDEO_GID=$(group_id video)"
}

while read -r file; do
  [ "$file" != tank/robot.env ] || [ ! -e "$root/etc/tank/robot.env" ] || continue # a person's
  put "$root/etc/$file" cat "$here/etc/$file"
done < <(cd "$here/etc" && find . -type f -printf '%P\n' | sort)
put "$boot/config.txt" config_text
[ ! -f "$boot/cmdline.txt" ] || put "$boot/cmdline.txt" cmdline_text
act systemd-sysusers ${root:+"--root=$root"} "$root/etc/sysusers.d/tank.conf"
if [ -n "$docker" ]; then
  put "$root/etc/tank/compose.yaml" cat "$here/../docker/compose.yaml"
  put "$root/etc/tank/camera.yaml" camera_text
  put "$root/etc/tank/.env" env_text
else
  act systemctl ${root:+"--root=$root"} --quiet enable tank-guardian.service tank-robot.service
fi
if [ -z "$root" ]; then
  act install -d -o tank -g tank /var/lib/tank # of the calibration
  [ -z "${SUDO_USER:-}" ] || act usermod -aG i2c,gpio,video "$SUDO_USER"
  act udevadm control --reload
  act udevadm trigger
  act systemctl daemon-reload
fi
[ -n "$board$pins" ] ||
  say 'no --board was given: for a motor_hat or a pro run this again with it,' \
    'before the motors are connected'
if [ -n "$boot_changed" ]; then
  say 'the boot settings have changed: they hold after a reboot'
  if [ -z "$root" ] && [ -t 0 ]; then
    read -rp 'install: reboot now? [y/N] ' answer
    case $answer in y | Y | yes) systemctl reboot ;; esac
  fi
fi
say "done${dry:+: nothing was changed}"
