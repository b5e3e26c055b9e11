#!/bin/sh
# npm run setup: brings what building and testing need, npm's packages and Debian's. `--check` only says what is missing.
# ALL_BROKERS=1 (.ci/run) wants NATS and RabbitMQ as well, CI_FULL=1 (.ci/full) what the heavy suites need.
set -eu
cd "$(dirname "$0")/.."

# a program, or a file, and the Debian package that brings it
needs='
mosquitto mosquitto
mosquitto_pub mosquitto-clients
logrotate logrotate
openssl openssl
script bsdutils
setfacl acl
'
# for npm run test:page alone. Debian has a package of Chromium, Ubuntu has a snap, which this does not install
browsers='chromium chromium-browser google-chrome-stable google-chrome'
browser=''
for program in $browsers; do
  [ "$browser" != '' ] || browser=$(command -v "$program" || true)
done
if [ "$browser" = '' ] && [ "${1:-}" != --check ]; then
  if grep -qsx 'ID=ubuntu' /etc/os-release; then
    echo 'npm run test:page needs Chromium or Google Chrome, which is not here: sudo snap install chromium' >&2
  else
    needs="$needs
chromium chromium
"
  fi
fi
if [ "${ALL_BROKERS:-}${CI_FULL:-}" != '' ]; then
  needs="$needs
nats-server nats-server
/usr/lib/rabbitmq/bin/rabbitmq-server rabbitmq-server
"
fi
if [ "${CI_FULL:-}" != '' ]; then
  needs="$needs
debootstrap debootstrap
systemd-nspawn systemd-container
apt-ftparchive apt-utils
gpg gnupg
qemu-aarch64-static qemu-user-static
"
fi

# daemons lie where the PATH of ordinary users does not look
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
programs='' packages=''
while read -r program package; do
  [ "$program" = '' ] || command -v "$program" >/dev/null || {
    programs="$programs $program"
    packages="$packages $package"
  }
done <<END
$needs
END

if [ "${1:-}" = --check ]; then
  [ -x node_modules/.bin/vitest ] || programs="$programs node_modules"
  [ "$programs" != '' ] || exit 0
  printf 'error: the tests need what is not here:%s\n  hint: npm run setup\n' "$programs" >&2
  exit 1
fi

npm ci --include=dev --no-audit --no-fund
[ "$packages" != '' ] || {
  echo 'everything is here: npm test'
  exit 0
}
install="$PWD/scripts/apt-install.sh$packages"
if ! command -v apt-get >/dev/null; then
  printf 'error: the tests need what is not here:%s\n  hint: install it; on Debian it is in%s\n' "$programs" "$packages" >&2
  exit 1
fi
echo "to be installed from Debian (no service of them is started):$packages"
if [ "$(id -u)" = 0 ]; then
  # shellcheck disable=SC2086 # one word for each package
  scripts/apt-install.sh $packages
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
  # shellcheck disable=SC2086
  sudo scripts/apt-install.sh $packages
else
  printf 'error: only root may install them\n  hint: run this as root, then npm test:\n%s\n' "$install" >&2
  exit 1
fi
echo 'everything is here: npm test'
