# How a Debian package is put together, for the scripts that source this file: the same tree, version and
# SOURCE_DATE_EPOCH give the same bytes. They set $root, the tree of the package, and $SOURCE_DATE_EPOCH.

umask 022
export LC_ALL=C TZ=UTC

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/DEBIAN"

# put MODE SOURCE TARGET
put() {
  mkdir -p "$(dirname "$root$3")"
  cp "$2" "$root$3"
  chmod "$1" "$root$3"
}

# put_gz SOURCE TARGET
put_gz() {
  put 644 "$1" "$2"
  gzip -9n "$root$2"
}

# of_package_json KEY
of_package_json() { node -p "require('./package.json')['$1']"; }

# pack CONTROL VERSION ARCHITECTURE OUT: the file is OUT/<package>_<version>_<architecture>.deb
#
# COMPRESSION=none is quick, for tests. By default xz, because dpkg of Debian 11 does not read zstd; with one thread,
# because more give other bytes.
pack() {
  (cd "$root" && [ ! -d etc ] || find etc -type f | sort | sed 's,^,/,') > "$root/DEBIAN/conffiles"
  [ -s "$root/DEBIAN/conffiles" ] || rm "$root/DEBIAN/conffiles"
  (cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
  # every file in blocks of 1 KiB, every directory one block (deb-substvars(5), Installed-Size)
  size=$(find "$root" -path "$root/DEBIAN" -prune -o -mindepth 1 -printf '%y %s\n' \
    | awk '{ s += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print s }')
  sed -e "s|@VERSION@|$2|" -e "s|@ARCHITECTURE@|$3|" -e "s|@SIZE@|$size|" \
    -e "s|@MAINTAINER@|$(of_package_json author)|" -e "s|@HOMEPAGE@|$(of_package_json homepage)|" \
    "$1" > "$root/DEBIAN/control"

  find "$root" -type d -exec chmod 755 {} +
  find "$root/DEBIAN" -type f ! -name 'p*' -exec chmod 644 {} +
  find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  mkdir -p "$4"
  export SOURCE_DATE_EPOCH
  DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group "-Z${COMPRESSION:-xz}" --build "$root" "$4"
}
