#!/bin/sh
# A static apt repository of the packages in a folder, to be served by any web server:
#
#   systemd/apt-repository.sh DEBS INTO URL
#
# APT_SIGNING_KEY is the secret key, armored and without a passphrase; without it the repository is not signed.
# URL is where INTO will be found; it is written into heyu2mqtt.sources.
set -eu
umask 022

debs=$1
into=$2
url=$3
# armhf has no package of its own: Debian's nodejs and the package for all architectures
architectures='amd64 arm64 armhf'

mkdir -p "$into/pool"
cp "$debs"/*.deb "$into/pool/"
cd "$into"
suite=dists/stable
for architecture in $architectures; do
  folder=$suite/main/binary-$architecture
  mkdir -p "$folder/by-hash/SHA256"
  apt-ftparchive --arch "$architecture" packages pool > "$folder/Packages"
  xz --keep "$folder/Packages"
  # a machine that reads while the files are being replaced gets those that belong together
  for index in "$folder"/Packages*; do cp "$index" "$folder/by-hash/SHA256/$(sha256sum "$index" | cut -d' ' -f1)"; done
done
release=$(mktemp)
apt-ftparchive \
  -o APT::FTPArchive::Release::Origin=heyu2mqtt -o APT::FTPArchive::Release::Label=heyu2mqtt \
  -o APT::FTPArchive::Release::Suite=stable -o APT::FTPArchive::Release::Codename=stable \
  -o APT::FTPArchive::Release::Components=main -o "APT::FTPArchive::Release::Architectures=$architectures" \
  -o APT::FTPArchive::Release::Acquire-By-Hash=yes -o APT::FTPArchive::MD5=false -o APT::FTPArchive::SHA1=false \
  release $suite > "$release"
cat "$release" > $suite/Release
rm "$release"

# without an address: apt would trust any server
trust='Trusted: yes'
if [ -n "${APT_SIGNING_KEY:-}" ]; then
  trust='Signed-By: /etc/apt/keyrings/heyu2mqtt.asc'
  GNUPGHOME=$(mktemp -d)
  export GNUPGHOME
  trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
  printf '%s\n' "$APT_SIGNING_KEY" | gpg --batch --quiet --import
  sign() { gpg --batch --quiet --digest-algo SHA512 --armor --output "$2" "$1" $suite/Release; }
  sign --clear-sign $suite/InRelease
  sign --detach-sign $suite/Release.gpg
  gpg --batch --armor --export > heyu2mqtt.asc
fi
cat > heyu2mqtt.sources <<END
Types: deb
URIs: $url
Suites: stable
Components: main
$trust
END
