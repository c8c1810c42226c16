#!/usr/bin/env bash
# Makes a bare Debian in a folder, runs the README's two commands in a clone of this repository
# there, prints what they did, and removes it.
# Usage (as root): scripts/bare_machine.sh [bookworm|trixie] [OPTION...] [-- ARGUMENTS OF ./tank]
#   --egl           an EGL is installed already, and no OSMesa
#   --python DIR    the Python whose tree is DIR (such as one that pyenv built) is copied to the
#                   same place and named by TANK_PYTHON
#   --user          an ordinary user without root: what is missing is installed by exactly the
#                   command that ./tank names
#   --wheels DIR    llama.cpp's wheel is taken from DIR, where pip wheel left it, and not compiled
#   --tests ARGS    arguments of ./tank test (default: none, the whole suite)
#   -- ARGUMENTS    run ./tank with them, and nothing else
#
# Debian's minbase with python3, python3-venv and git. Of this machine it has the registries'
# settings alone: sources and proxies of apt, the configuration and certificates of pip with the
# folders that they name. It shares the network, and mounts nothing that outlives it.
# Scripts for other shells stand in single quotes, and a trap calls clean:
# shellcheck disable=SC2016,SC2317,SC2329
set -euo pipefail
root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
release=bookworm egl='' python='' user='' wheels='' tests=() arguments=() inner=''
say() { printf 'bare: %s\n' "$*"; }
die() { printf 'bare: %s\n' "$*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    bookworm | trixie) release=$1 ;;
    --egl) egl=1 ;;
    --user) user=1 ;;
    --python) python=$(realpath -e -- "${2:-}") || die "--python '${2:-}' is no folder"; shift ;;
    --wheels) wheels=$(realpath -e -- "${2:-}") || die "--wheels '${2:-}' is no folder"; shift ;;
    --tests) read -ra tests <<<"${2:?--tests needs the arguments of ./tank test}"; shift ;;
    --) shift; arguments=("$@"); break ;;
    -h | --help) sed -n '2,16s/^# \?//p' "$0"; exit 0 ;;
    *) die "there is no argument '$1'; --help lists them" ;;
  esac
  shift
done
[ -z "$python" ] || compgen -G "$python/bin/python3.[0-9]*" >/dev/null ||
  die "there is no bin/python3.N in $python"
[ "$(id -u)" -eq 0 ] || die "only root makes a system. Cure: sudo $0"
command -v debootstrap >/dev/null ||
  die "debootstrap is missing. Cure: apt-get install -y debootstrap"

system=$(mktemp -d /var/tmp/tank-bare.XXXXXX)
chmod 755 "$system" # an ordinary user goes through it
home=/root/tank
[ -z "$user" ] || home=/home/robot/tank
clean() {
  trap - EXIT INT TERM HUP
  # its namespace of processes, and with it of mounts, ends with it
  [ -z "$inner" ] || kill -KILL "$inner" 2>/dev/null || true
  wait || true
  rm -rf --one-file-system "$system" "$system.log"
}
trap clean EXIT
trap 'exit 130' INT TERM HUP

# --- the registries' settings ---------------------------------------------------------------------

# archive LABEL: the address of the archive of that label among this machine's package sources.
archive() {
  apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
    awk -v label="$1" '$1 == label { print $2; exit }'
}

apt_settings() {
  local security
  security=$(archive Debian-Security)
  rm -f "$system/etc/apt/sources.list"
  {
    echo "deb $mirror $release main"
    echo "deb $mirror $release-updates main"
    [ -z "$security" ] || echo "deb $security $release-security main"
  } >"$system/etc/apt/sources.list.d/archive.list"
  apt-config dump | grep -E '^Acquire::(https?|ftp|Check-|Retries|ForceIP)' \
    >"$system/etc/apt/apt.conf.d/99registries" || true
  ! compgen -G '/etc/apt/auth.conf.d/*' >/dev/null ||
    cp /etc/apt/auth.conf.d/* "$system/etc/apt/auth.conf.d/"
}

pip_files() { ls /etc/pip.conf /root/.pip/pip.conf /root/.config/pip/pip.conf 2>/dev/null || true; }
pip_values() {
  { env | sed -n 's/^PIP_[A-Z_]*=//p'; pip_files | xargs -r cat | sed -n 's/^[^=]*= *//p'; } |
    tr ' ' '\n'
}
certificates() {
  {
    printf '%s\n' /etc/ssl/certs/ca-certificates.crt "${SSL_CERT_FILE:-}" "${PIP_CERT:-}" \
      "${REQUESTS_CA_BUNDLE:-}" "${CURL_CA_BUNDLE:-}"
    pip_values | grep '^/'
  } | sort -u
}

pip_settings() {
  local file
  while read -r file; do
    mkdir -p "$system$(dirname "$file")"
    cp "$file" "$system$file"
  done < <(pip_files)
  [ -z "$user" ] || [ ! -f "$system/root/.config/pip/pip.conf" ] ||
    install -D "$system/root/.config/pip/pip.conf" "$system/home/robot/.config/pip/pip.conf"
  [ ! -d /usr/local/share/ca-certificates ] ||
    cp -r /usr/local/share/ca-certificates "$system/usr/local/share/"
  while read -r file; do
    [ -f "$file" ] && install -D -m 644 "$file" "$system$file"
  done < <(certificates) || true
  cp /etc/resolv.conf /etc/hosts "$system/etc/"
}

# Folders that pip's settings name: an index (its files lie beside "simple"), or wheels. Bound
# read-only.
pip_folders() {
  pip_values | sed 's#^file://##; s#/simple/*$##' |
    while read -r folder; do if [[ $folder == /* && -d $folder ]]; then echo "$folder"; fi; done |
    sort -u
}

# --- the system -----------------------------------------------------------------------------------

# apart COMMAND...: run in namespaces of its own, so that no process and no mount outlives it. Its
# status.
apart() {
  local status=0
  unshare --mount --pid --ipc --fork --kill-child -- "$@" </dev/null &
  inner=$!
  wait "$inner" || status=$?
  inner=''
  return $status
}

# inside [--as-user] COMMAND...: run in the system, with an empty stdin. Its status.
inside() {
  local who=(env -i HOME=/root) line
  if [ "$1" = --as-user ]; then
    shift
    [ -z "$user" ] ||
      who=(setpriv --reuid=robot --regid=robot --init-groups env -i HOME=/home/robot)
  fi
  while read -r line; do who+=("$line"); done < <(
    env | grep -E -e '^PIP_(CERT|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|TRUSTED_HOST|PROXY)=' \
      -e '^PIP_(DEFAULT_TIMEOUT|RETRIES|DISABLE_PIP_VERSION_CHECK)=' \
      -e '^(SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE|ROS_DOMAIN_ID)=' \
      -e '^((https?|no|all)_proxy|(HTTPS?|NO|ALL)_PROXY)='
  )
  [ -z "$python" ] ||
    who+=("TANK_PYTHON=$(cd "$python" && compgen -G 'bin/python3.[0-9]*' |
      grep -E '^bin/python3\.[0-9]+$' | sed "s#^#$python/#")")
  apart bash -euc '
    system=$1; shift
    mount -t proc proc "$system/proc"
    mount -t sysfs -o ro sysfs "$system/sys"
    mount -t tmpfs -o mode=755 tmpfs "$system/dev"
    for device in null zero full random urandom tty; do
      : >"$system/dev/$device"; mount --bind "/dev/$device" "$system/dev/$device"
    done
    mkdir "$system/dev/pts" "$system/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$system/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$system/dev/shm"
    ln -s pts/ptmx "$system/dev/ptmx"
    ln -s /proc/self/fd "$system/dev/fd"
    for number in 0 1 2; do
      ln -s "/proc/self/fd/$number" \
        "$system/dev/$(echo stdin stdout stderr | cut -d" " -f$((number + 1)))"
    done
    while [ "$1" != -- ]; do
      mkdir -p "$system$2"; mount --bind "$1" "$system$2"
      [ "$3" = rw ] || mount -o remount,bind,ro "$system$2"
      shift 3
    done
    shift
    exec chroot "$system" "$@"
  ' bash "$system" "${binds[@]}" -- "${who[@]}" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# shown COMMAND...: run ./tank in the clone as who uses it, with what it prints and its time. Its
# status.
shown() {
  local start=$SECONDS status=0
  printf '\n$ ./tank%s\n' "$(printf ' %q' "$@")"
  inside --as-user bash -c 'cd "$1" && shift && exec ./tank "$@" 2>&1' bash "$home" "$@" ||
    status=$?
  say "exit $status after $((SECONDS - start)) s"
  return $status
}

# The robot is asked to do something when it is ready, and the stack then ended as by Ctrl-C.
talk_to_sim='
  cd "$1"
  : >/tmp/sim.log
  ./tank sim >/tmp/sim.log 2>&1 &
  sim=$!
  tail -n +1 -f --pid=$sim /tmp/sim.log &
  until grep -qE "(ready after|started, but not ready)" /tmp/sim.log; do
    kill -0 $sim 2>/dev/null || { wait $sim; exit; }; sleep 1
  done
  printf "\n$ ./tank say \"drive forward one meter, then turn left\"\n"
  ./tank say "drive forward one meter, then turn left" 2>&1
  said=$?
  kill -TERM $sim
  wait $sim
  echo "bare: ./tank say: exit $said; ./tank sim: exit $?"
  exit $said
'

mirror=$(archive Debian)
[ -n "$mirror" ] || { apt-get update -q >/dev/null 2>&1 && mirror=$(archive Debian); } || true
[ -n "$mirror" ] ||
  die "this machine's package sources (apt-get indextargets) have no archive of Debian"
eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
[ -z "${http_proxy:-}" ] || export http_proxy
start=$SECONDS
apart debootstrap --variant=minbase --include=python3,python3-venv,git "$release" "$system" \
  "$mirror" >"$system.log" 2>&1 || { tail -n 20 "$system.log"; die "debootstrap failed"; }
rm -f "$system.log"
apt_settings
[ -z "$user" ] || chroot "$system" useradd --create-home --shell /bin/bash robot
pip_settings
binds=()
while read -r folder; do binds+=("$folder" "$folder" ro); done < <(pip_folders)
# it may know its own place
[ -z "$python" ] || { mkdir -p "$system$python" && cp -aT "$python" "$system$python"; }
mkdir -p "$system$home"
git -C "$root" ls-files -z --cached --others --exclude-standard |
  (cd "$root" && tar --null --ignore-failed-read -T - -cf - 2>/dev/null) |
  tar -xf - -C "$system$home" --no-same-owner
[ -z "$wheels" ] || binds+=("$wheels" "$home/.tank/wheels" ro)
[ -z "$wheels" ] || mkdir -p "$system$home/.tank/wheels"
[ -z "$user" ] || chown -R --reference="$system/home/robot" "$system/home/robot"
[ -z "$egl" ] ||
  inside bash -c 'apt-get update -q && apt-get install -y -q --no-install-recommends \
    libegl1 libopengl0 libgl1-mesa-dri' >/dev/null 2>&1 || die "EGL could not be installed"
with=${egl:+; with EGL, without OSMesa}${user:+; an ordinary user}
with+=${python:+; Python from $(basename "$python") as TANK_PYTHON}
with+=${wheels:+; llama.cpp from a wheel that was compiled before, where there is one}
say "Debian $release, minbase with python3" \
  "($(inside python3 -c 'import platform; print(platform.python_version())')), python3-venv," \
  "git$with: made in $((SECONDS - start)) s"
say "$(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"

# Without root the first command names all that is missing, in one command. Root runs that, and
# nothing else.
if [ -n "$user" ]; then
  ! shown setup >"$system/tmp/said" || die "nothing was missing"
  cat "$system/tmp/said"
  cure=$(sed -n 's/.*Cure: \(.*\); then run the same command again$/\1/p' "$system/tmp/said")
  [ -n "$cure" ] || die "no command was named that installs what is missing"
  printf '\n# %s\n' "$cure"
  inside bash -c "$cure" >"$system/tmp/cure.log" 2>&1 ||
    { tail -n 20 "$system/tmp/cure.log"; die "that command failed"; }
  say "$(tail -n 1 "$system/tmp/cure.log")"
fi
status=0
if [ ${#arguments[@]} -gt 0 ]; then
  shown "${arguments[@]}" || status=$?
else
  start=$SECONDS
  printf '\n$ ./tank sim\n'
  inside --as-user bash -c "$talk_to_sim" bash "$home" || status=$?
  say "$((SECONDS - start)) s"
  shown test "${tests[@]}" || status=$?
fi
exit $status
