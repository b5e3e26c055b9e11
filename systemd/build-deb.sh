#!/bin/sh
# Builds the Debian package of the program: systemd/build-deb.sh -> build/heyu2mqtt_<version>_all.deb
# The same sources and the same SOURCE_DATE_EPOCH (default: the date of the last commit) give the same bytes.
#
# For tests: VERSION=0.0.9 names another version, OUT=DIR another place, STAGE=DIR a tree made by stage.sh,
# DIST=DIR a compiled program.
set -eu

cd "$(dirname "$0")/.."
. systemd/deb.sh
VERSION=${VERSION:-$(systemd/version.sh)}
export VERSION
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y package.json)}
export SOURCE_DATE_EPOCH

mkdir -p "$root/usr/lib"
if [ -n "${STAGE:-}" ]; then cp -R "$STAGE" "$root/usr/lib/heyu2mqtt"; else systemd/stage.sh "$root/usr/lib/heyu2mqtt" "${DIST:-}"; fi

put 755 systemd/debian/heyu2mqtt.sh /usr/bin/heyu2mqtt
put 644 systemd/heyu2mqtt.service /usr/lib/systemd/system/heyu2mqtt.service
put 644 systemd/heyu2mqtt.sysusers /usr/lib/sysusers.d/heyu2mqtt.conf
put 644 systemd/heyu2mqtt.logrotate /etc/logrotate.d/heyu2mqtt
# for the configuration, which is the owner's: no package writes it
mkdir "$root/etc/heyu2mqtt"

documents=/usr/share/doc/heyu2mqtt
put 644 systemd/debian/copyright $documents/copyright
for document in README.md CONTRIBUTING.md SECURITY.md docs/*.md docs/blueprints/*.yaml; do put 644 "$document" "$documents/$document"; done
for example in config/*.yaml config/mosquitto/* config/grafana/*; do put 644 "$example" "$documents/examples/${example#config/}"; done
put 644 systemd/heyu2mqtt.control.conf $documents/examples/control.conf
# the schema stays with the program
sed -i 's,\$schema=,&/usr/lib/heyu2mqtt/config/,' "$root$documents"/examples/*.yaml
chmod 755 "$root$documents/examples/mosquitto/make-certificates.sh"
put_gz CHANGELOG.md $documents/changelog
put_gz man/heyu2mqtt.1 /usr/share/man/man1/heyu2mqtt.1
put 644 completion/heyu2mqtt.bash /usr/share/bash-completion/completions/heyu2mqtt
put 644 completion/_heyu2mqtt /usr/share/zsh/vendor-completions/_heyu2mqtt
put 644 completion/heyu2mqtt.fish /usr/share/fish/vendor_completions.d/heyu2mqtt.fish
put 644 systemd/debian/lintian-overrides /usr/share/lintian/overrides/heyu2mqtt

for script in postinst prerm postrm triggers; do cp "systemd/debian/$script" "$root/DEBIAN/$script"; done
chmod 755 "$root"/DEBIAN/p*

# 1.0.0-rc.1 comes before 1.0.0: Debian says so with a tilde
pack systemd/debian/control "$(printf %s "$VERSION" | tr -- -+ '~.')" all "${OUT:-build}"
