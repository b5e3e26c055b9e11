#!/usr/bin/env bash
# Builds, once, a Python environment with a real Home Assistant in it and prints its directory.
#
#   environment.sh current     the release named below; needs Python >= 3.14.2
#   environment.sh 2024.3      the last one that runs on Python 3.11; knows neither device discovery
#                              nor default_entity_id
#
# Its venv/bin/python runs `-m homeassistant`. It lies in $XDG_CACHE_HOME/heyu2mqtt-test (default ~/.cache);
# remove it to build it anew. Nothing is installed on the machine and root is not needed: when the machine
# has no fitting Python, Debian's packages of one are unpacked into the cache and run through their own
# dynamic loader.
#
# exit codes: 0 = ready; 75 = could not be built here (reason on stderr), the tests skip themselves;
# with CI_FULL=1 that is a failure (1). 64 = wrong usage.
set -euo pipefail

# 2024.3 asks for any josepy, and its acme breaks on 2
case ${1-} in
  current) homeassistant=2026.11.0 least=3.14.2 below=3.15 suite=forky pin='' ;;
  2024.3) homeassistant=2024.3.3 least=3.11.0 below=3.12 suite=bookworm pin='josepy<2' ;;
  *) echo "usage: environment.sh current|2024.3" >&2; exit 64 ;;
esac
cache=${XDG_CACHE_HOME:-$HOME/.cache}/heyu2mqtt-test
environment=$cache/ha-$homeassistant
log=$environment.log

# Count up the recipe when what is installed changes: then its steps are gone through again, on what is there.
stamp="$homeassistant recipe 4"
finish_if_ready() {
  if [ "$(cat "$environment/ready" 2>/dev/null)" = "$stamp" ] && "$environment/venv/bin/python" -c '' 2>/dev/null; then
    echo "$environment"
    exit 0
  fi
}
finish_if_ready

cannot() {
  echo "Home Assistant $homeassistant cannot be set up here: $1" >&2
  [ -s "$log" ] && { echo "the end of $log:"; tail -n 5 "$log" | cut -c1-300; } >&2
  [ "${CI_FULL-}" = 1 ] && exit 1
  exit 75
}
unreachable="Python's registry cannot be reached, or lacks what is needed"
step() { echo "heyu2mqtt test: $1" >&2; }

mkdir -p "$cache"
exec 9> "$cache/ha-$homeassistant.lock"
flock 9
finish_if_ready
: > "$log"

fits() {
  "$1" - "$least" "$below" 2>>"$log" <<'PYTHON'
import sys
version = lambda text: tuple(int(part) for part in text.split("."))
sys.exit(not version(sys.argv[1]) <= sys.version_info[:3] < version(sys.argv[2]))
PYTHON
}

# 1. A Python: the machine's own, pyenv's, or Debian's unpacked.
machines_python() {
  local minor=${least%.*} candidate
  for candidate in "$(command -v "python$minor" || true)" "$(command -v python3 || true)" /usr/bin/python3 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$minor".*/bin/python3; do
    if [ -x "$candidate" ] && fits "$candidate"; then echo "$candidate"; return; fi
  done
}

# Fetches python3 and all that it depends on with apt, with lists and an (empty) package status of its own,
# and unpacks it below $cache/$suite. A libc of another release than the machine's comes along, so that the
# interpreter is started through that libc's own loader.
debians_python() {
  local root=$cache/$suite apt=$cache/$suite.apt mirror package
  if [ ! -e "$root/unpacked" ]; then
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
      cannot "it needs Python >= $least and < $below; install one as python${least%.*} (this is no Debian to take one from)"
    step "fetching Debian $suite's Python"
    rm -rf "$root" "$apt"
    mkdir -p "$root" "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/empty"
    : > "$apt/status"
    mirror=$( (cat /etc/apt/sources.list.d/*.sources | awk '/^URIs:/{print $2}';
      awk '$1=="deb"{print $2}' /etc/apt/sources.list) 2>/dev/null | grep '/debian/\?$' | head -n 1) || true
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} $suite main" \
      > "$apt/sources.list"
    local options=(
      -o "Dir::Etc::sourcelist=$apt/sources.list" -o "Dir::Etc::sourceparts=$apt/empty"
      -o "Dir::Etc::preferencesparts=$apt/empty" -o "Dir::State=$apt" -o "Dir::State::lists=$apt/lists"
      -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt/cache" -o "APT::Sandbox::User="
      -o APT::Install-Recommends=false -o Acquire::Languages=none -o Acquire::Retries=2 -o Debug::NoLocking=1)
    # update succeeds without a network, on empty lists: only the second command tells
    apt-get "${options[@]}" update >>"$log" 2>&1 || cannot "Debian's registry cannot be reached"
    apt-get "${options[@]}" install -y --download-only python3 python3-pip-whl >>"$log" 2>&1 ||
      cannot "Debian's registry cannot be reached, or $suite has no python3"
    for package in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$package" "$root" >>"$log" 2>&1; done
    rm -rf "$apt"
    : > "$root/unpacked"
  fi
  echo "$root"
}

# 2. A virtual environment whose bin/python is found by `sys.executable`, so that pip, uv and subprocesses work.
if [ ! -x "$environment/venv/bin/pip" ]; then
  rm -rf "$environment"
  mkdir -p "$environment/venv/bin"
  python=$(machines_python)
  if [ -n "$python" ]; then
    "$python" -m venv "$environment/venv" >>"$log" 2>&1 || cannot "python3-venv is not installed"
  else
    root=$(debians_python) || exit
    loader=$(echo "$root"/usr/lib*/ld-linux*.so.*)
    libraries=$(dirname "$(find "$root/usr/lib" -name 'libc.so.6' | head -n 1)")
    interpreter=$(readlink -f "$root/usr/bin/python3")
    printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 "$0" "%s" "$@"\n' \
      "$loader" "$libraries" "$interpreter" > "$environment/venv/bin/python"
    chmod +x "$environment/venv/bin/python"
    ln -s python "$environment/venv/bin/python3"
    printf 'home = %s/usr/bin\ninclude-system-site-packages = false\n' "$root" > "$environment/venv/pyvenv.cfg"
    fits "$environment/venv/bin/python" || cannot "Debian $suite's Python is not >= $least and < $below"
    step "fetching pip"
    PYTHONPATH=$(echo "$root"/usr/share/python-wheels/pip-*.whl) "$environment/venv/bin/python" \
      -m pip install pip >>"$log" 2>&1 || cannot "$unreachable"
  fi
fi
python=$environment/venv/bin/python
pip() { "$python" -m pip --disable-pip-version-check --retries 2 "$@" >>"$log" 2>&1; }

# 3. Home Assistant, and what it would otherwise fetch at its first start, at its own pins.
step "fetching Home Assistant $homeassistant"
# It names the versions that it was released with. Without them pip tries, for an old release, all that has come out since,
# one version after the other, for longer each year.
pip install --no-deps "homeassistant==$homeassistant" || cannot "$unreachable"
constraints=$("$python" -c 'import homeassistant as h, os; print(os.path.dirname(h.__file__))')/package_constraints.txt
pip install -c "$constraints" "homeassistant==$homeassistant" ${pin:+"$pin"} || cannot "$unreachable"
step "fetching what its integrations need"
"$python" - > "$environment/requirements.txt" 2>>"$log" <<'PYTHON' || cannot "its list of integrations cannot be read"
import json, pathlib
import homeassistant.components
from homeassistant import bootstrap

folder = pathlib.Path(homeassistant.components.__file__).parent
# analytics, which is always loaded, imports hassio (2026) or recorder (2024) without saying so; isal spares a
# warning
wanted = ["mqtt", "api", "config", "websocket_api", "automation", "hassio", "recorder", "isal",
          *bootstrap.CORE_INTEGRATIONS, *bootstrap.DEFAULT_INTEGRATIONS]
seen, requirements = set(), set()
while wanted:
    domain = wanted.pop()
    manifest = folder / domain / "manifest.json"
    if domain in seen or not manifest.exists():
        continue
    seen.add(domain)
    described = json.loads(manifest.read_text())
    requirements.update(described.get("requirements", []))
    wanted += described.get("dependencies", [])
print("\n".join(sorted(requirements)))
PYTHON
# Those of the voice assistant have no wheels for every Python and are not needed for MQTT ...
while read -r requirement; do
  pip install -c "$constraints" "$requirement" || echo "left out: $requirement" >> "$log"
done < "$environment/requirements.txt"
# ... but the list of services, and with it the frontend, fails where they are not there at all.
library=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
for module in pymicro_vad pyspeex_noise; do
  "$python" -c "import $module" 2>/dev/null ||
    echo 'def __getattr__(name): return type(name, (), {})' > "$library/$module.py"
done
"$python" -c 'import paho.mqtt.client, hass_frontend' 2>>"$log" || cannot "$unreachable"

echo "$stamp" > "$environment/ready"
echo "$environment"
