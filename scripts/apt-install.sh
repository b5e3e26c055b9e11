#!/bin/sh
# Installs Debian packages, as root: scripts/apt-install.sh PACKAGE... Services that they bring are not started now.
set -eu
policy=/usr/sbin/policy-rc.d
mark='# made by heyu2mqtt while it installs packages'
# what asks for a service to be started asks this first (deb-systemd-invoke, invoke-rc.d); a machine's own stays
if [ ! -e "$policy" ] || grep -qx "$mark" "$policy"; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
# a fresh machine updates itself: apt waits for the lock of dpkg, but not for that of the lists
for attempt in 1 2 3 4 5; do
  if apt-get -qq update; then break; fi
  echo "apt-get update failed ($attempt of 5)" >&2
  [ "$attempt" = 5 ] || sleep 15
done
apt-get -o DPkg::Lock::Timeout=600 -qq -y --no-install-recommends install "$@"
