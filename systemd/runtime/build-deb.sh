#!/bin/sh
# Builds the Debian package of the Node that heyu2mqtt runs on where the system has none:
#
#   systemd/runtime/build-deb.sh amd64|arm64      -> build/heyu2mqtt-node_<version>_<architecture>.deb
#
# Node comes from the npm registry, with the digest that package-lock.json beside this file has. Version and date are
# those of the changelog, so that the package is the same in every release until it changes.
#
# For tests: OUT=DIR another place, VERSION=24.21.0-2 another version, COMPRESSION=none a quick build.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
architecture=${1:-}
case $architecture in
  amd64) cpu=x64 ;;
  arm64) cpu=arm64 ;;
  *) echo "usage: build-deb.sh amd64|arm64" >&2 && exit 64 ;;
esac
. systemd/deb.sh

version=${VERSION:-$(sed -n '1s/.*(\(.*\)).*/\1/p' "$here/changelog")}
SOURCE_DATE_EPOCH=$(date -d "$(sed -n '/^ -- /{s/.*@  //p;q}' "$here/changelog")" +%s)
node=${version%-*}

mkdir "$work/npm"
cp "$here/package.json" "$here/package-lock.json" "$work/npm/"
(cd "$work/npm" && npm ci --os=linux --cpu=$cpu --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error >&2)
package=$work/npm/node_modules/node-linux-$cpu
# for npm a missing optional dependency is not an error
[ -x "$package/bin/node" ] || { echo "the npm registry did not give node-linux-$cpu" >&2 && exit 1; }
fetched=$(node -p "require('$package/package.json').version")
[ "$fetched" = "$node" ] || { echo "the changelog says Node $node, package-lock.json $fetched" >&2 && exit 1; }

documents=/usr/share/doc/heyu2mqtt-node
put 755 "$package/bin/node" /usr/lib/heyu2mqtt/runtime/node
put 644 "$package/LICENSE" $documents/copyright
sed "s/@MAINTAINER@/$(of_package_json author)/" "$here/changelog" > "$work/changelog"
put_gz "$work/changelog" $documents/changelog.Debian
sed -e "s/@NODE@/$node/g" -e "s/@CPU@/$cpu/g" "$here/README.Debian" > "$work/README.Debian"
put 644 "$work/README.Debian" $documents/README.Debian
put 644 "$here/lintian-overrides" /usr/share/lintian/overrides/heyu2mqtt-node

pack "$here/control" "$version" "$architecture" "${OUT:-build}"
