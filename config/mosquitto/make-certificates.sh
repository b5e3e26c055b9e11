#!/bin/sh
# Makes a private certificate authority, a certificate for the broker, and one for each named client.
#
#   make-certificates.sh FOLDER BROKER [CLIENT...]
#   make-certificates.sh ./certificates broker.lan heyu2mqtt
#
# BROKER is the name or the IP address in mqtt.url; "localhost" is always valid too. An authority that is already
# in FOLDER is used again. Keep ca.key secret: anyone who has it can imitate your broker.
set -eu
umask 077

folder=$1
broker=$2
shift 2
mkdir -p "$folder"
cd "$folder"

if [ ! -e ca.key ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 7300 -subj '/CN=heyu2mqtt private authority' \
    -keyout ca.key -out ca.pem 2>/dev/null
fi

# certificate NAME EXTENSIONS
certificate() {
  openssl req -new -newkey rsa:3072 -nodes -sha256 -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>/dev/null
  printf '%s\n' "$2" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -sha256 -days 3650 \
    -extfile "$1.ext" -out "$1.pem" 2>/dev/null
  rm "$1.csr" "$1.ext"
}

case $broker in
  *[!0-9.]*) case $broker in *:*) kind=IP ;; *) kind=DNS ;; esac ;;
  *) kind=IP ;;
esac
certificate broker "subjectAltName=$kind:$broker,DNS:localhost,IP:127.0.0.1
extendedKeyUsage=serverAuth"
for client in "$@"; do certificate "$client" "extendedKeyUsage=clientAuth"; done
chmod 644 ./*.pem
