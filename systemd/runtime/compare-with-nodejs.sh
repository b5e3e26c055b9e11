#!/bin/sh
# Compares the Node in the packages heyu2mqtt-node_*.deb of a folder with what nodejs.org publishes and the Node
# releasers have signed, because the packages in the npm registry are made by other people. Needs the internet.
#
#   systemd/runtime/compare-with-nodejs.sh FOLDER
set -eu

folder=$(cd "$1" && pwd)
# https://github.com/nodejs/release-keys, as of 2026-07-01
keys=b28073028e6d6855cfb53bf7fa0137599c01f967
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fetch() { curl --fail --silent --show-error --location --output "$2" "$1"; }
fetch "https://raw.githubusercontent.com/nodejs/release-keys/$keys/gpg/pubring.kbx" keys.kbx
for deb in "$folder"/heyu2mqtt-node_*.deb; do
  version=$(dpkg-deb --field "$deb" Version)
  version=${version%-*}
  case $(dpkg-deb --field "$deb" Architecture) in amd64) cpu=x64 ;; arm64) cpu=arm64 ;; esac
  name=node-v$version-linux-$cpu
  site=https://nodejs.org/dist/v$version
  fetch "$site/SHASUMS256.txt.asc" signed.asc
  gpgv --keyring ./keys.kbx --output SHASUMS256.txt signed.asc
  fetch "$site/$name.tar.xz" "$name.tar.xz"
  grep " $name.tar.xz\$" SHASUMS256.txt | sha256sum --check
  tar -xJf "$name.tar.xz" "$name/bin/node"
  dpkg-deb --fsys-tarfile "$deb" | tar -xf - ./usr/lib/heyu2mqtt/runtime/node
  cmp "$name/bin/node" usr/lib/heyu2mqtt/runtime/node
  echo "$(basename "$deb"): the Node that nodejs.org has"
  rm -r "$name" "$name.tar.xz" usr SHASUMS256.txt
done
