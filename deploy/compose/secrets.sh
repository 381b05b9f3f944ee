#!/usr/bin/env bash
# Makes the secrets of compose.yaml, once: secrets.sh [FOLDER], which is secrets beside this script unless given.
# Each container's user must be able to read what is mounted into it, so the files are readable, and the folder is its owner's only.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
folder=${1:-$here/secrets}
if [[ -e "$folder" ]]; then
    echo "$folder is there; take it away to make new secrets (PostgreSQL, RabbitMQ and Grafana keep the passwords that they were first started with)." >&2
    exit 1
fi
umask 077
mkdir -p "$folder"
cd "$folder"

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
# put NAME TEXT
put() { printf '%s\n' "$2" >"$1"; }
# key NUMBER FILE: an API key into FILE, and its hash into the service's setting.
key() {
    put "$2" "mseg_$(random)"
    put "Auth__Keys__$1__Sha256" "$(tr -d '\n' <"$2" | sha256sum | cut -d' ' -f1)"
}

put postgres "$(random)"
put Data__Postgres "Host=postgres;Database=mediseg;Username=mediseg;Password=$(<postgres)"
password=$(random)
put rabbitmq.conf "default_user = mediseg
default_pass = $password"
put Data__RabbitMq "amqp://mediseg:$password@rabbitmq:5672"
key 0 operator-key
key 1 orthanc-key
key 2 prometheus
put orthanc "$(random)"
put grafana "$(random)"
sed -e "/RegisteredUsers/s/change-me/$(<orthanc)/" -e "/X-Api-Key/s/change-me/$(<orthanc-key)/" "$here/../orthanc/orthanc.json" >orthanc.json
chmod 444 -- *
# Only whoever set this up wants these.
chmod 400 operator-key orthanc-key
echo "Made in $folder; operator-key is an administrator's API key."
