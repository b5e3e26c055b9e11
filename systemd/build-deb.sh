#!/bin/sh
# Builds the Debian package: npm run build:deb -> build/heyu2mqtt_<version>_all.deb
# The same sources and the same SOURCE_DATE_EPOCH (default: the date of the last commit) give the same bytes.
#
# For tests: VERSION=0.0.9 names another version, OUT=DIR another place, STAGE=DIR a tree made by stage.sh,
# DIST=DIR a compiled program.
set -eu
umask 022
export LC_ALL=C TZ=UTC

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
version=${VERSION:-$(node -p 'require("./package.json").version')}
# 1.0.0-rc.1 comes before 1.0.0: Debian says so with a tilde
version=$(printf %s "$version" | sed 's/-/~/g')
out=${OUT:-build}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y package.json)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/DEBIAN" "$root/usr/lib"

if [ -n "${STAGE:-}" ]; then cp -R "$STAGE" "$root/usr/lib/heyu2mqtt"; else "$here/stage.sh" "$root/usr/lib/heyu2mqtt" "${DIST:-}"; fi

# put MODE SOURCE TARGET
put() {
  mkdir -p "$(dirname "$root$3")"
  cp "$2" "$root$3"
  chmod "$1" "$root$3"
}

put 755 systemd/debian/heyu2mqtt.sh /usr/bin/heyu2mqtt
put 644 systemd/heyu2mqtt.service /usr/lib/systemd/system/heyu2mqtt.service
put 644 systemd/heyu2mqtt.sysusers /usr/lib/sysusers.d/heyu2mqtt.conf
put 644 systemd/heyu2mqtt.logrotate /etc/logrotate.d/heyu2mqtt
for file in config aliases; do
  put 644 config/$file.yaml /etc/heyu2mqtt/$file.yaml
  # the schema stays with the program
  sed -i "s,\(\$schema=\)$file,\1/usr/lib/heyu2mqtt/config/$file," "$root/etc/heyu2mqtt/$file.yaml"
done

documents=/usr/share/doc/heyu2mqtt
put 644 systemd/debian/copyright $documents/copyright
for document in README.md docs/*.md docs/images/*; do [ ! -e "$document" ] || put 644 "$document" "$documents/$document"; done
for example in config/mosquitto/*; do put 644 "$example" "$documents/examples/mosquitto/$(basename "$example")"; done
chmod 755 "$root$documents/examples/mosquitto/make-certificates.sh"
[ ! -e CHANGELOG.md ] || { put 644 CHANGELOG.md $documents/changelog && gzip -9n "$root$documents/changelog"; }
[ ! -e man/heyu2mqtt.1 ] || { put 644 man/heyu2mqtt.1 /usr/share/man/man1/heyu2mqtt.1 && gzip -9n "$root/usr/share/man/man1/heyu2mqtt.1"; }
for completion in heyu2mqtt.bash:bash-completion/completions/heyu2mqtt _heyu2mqtt:zsh/vendor-completions/_heyu2mqtt \
  heyu2mqtt.fish:fish/vendor_completions.d/heyu2mqtt.fish; do
  written=completion/${completion%%:*}
  [ ! -e "$written" ] || put 644 "$written" "/usr/share/${completion#*:}"
done

for script in postinst prerm postrm; do
  cp "systemd/debian/$script" "$root/DEBIAN/$script"
  chmod 755 "$root/DEBIAN/$script"
done
(cd "$root" && find etc -type f | sort | sed 's,^,/,') > "$root/DEBIAN/conffiles"
(cd "$root" && find usr etc -type f -print0 | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
# every file in blocks of 1 KiB, every directory one block (deb-substvars(5), Installed-Size)
size=$(find "$root/usr" "$root/etc" -type f -printf '%s\n' | awk '{ s += int(($1 + 1023) / 1024) } END { print s }')
size=$((size + $(find "$root/usr" "$root/etc" -type d | wc -l)))
sed -e "s/@VERSION@/$version/" -e "s/@SIZE@/$size/" systemd/debian/control > "$root/DEBIAN/control"

find "$root" -type d -exec chmod 755 {} +
chmod 644 "$root/DEBIAN/control" "$root/DEBIAN/conffiles" "$root/DEBIAN/md5sums"
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

mkdir -p "$out"
# xz, because dpkg of Debian 11 does not read zstd; one thread, because more give other bytes
DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group -Zxz --build "$root" "$out/heyu2mqtt_${version}_all.deb"
