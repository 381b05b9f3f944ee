#!/usr/bin/env bash
# Runs an Orthanc of its own until its input ends, and passes a socket of the file system on to it.
#
# usage: unshare -n orthanc_server.sh FOLDER [ORTHANC_OPTIONS]
#   FOLDER            keeps the archive's data; FOLDER/orthanc.sock reaches it by HTTP, FOLDER/service.sock is reached from it at 127.0.0.1:18080
#   ORTHANC_OPTIONS   JSON members beside those below
# Orthanc 1.10 listens on all addresses, so it must run where there is no network but its own; a socket of the file system leads there.
set -euo pipefail

folder=$1 options=${2:-'"AuthenticationEnabled": false'}
if ip route get 192.0.2.1 >/dev/null 2>&1; then
    echo "orthanc_server.sh: run it in a private network namespace (unshare -n)." >&2
    exit 2
fi
ip link set lo up
started=()
finish() {
    for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
    wait
    rm -f "$folder/orthanc.sock"
}
trap finish EXIT

cat >"$folder/orthanc.json" <<JSON
{ "Name": "MEDISEG-TEST", "StorageDirectory": "$folder/db", "IndexDirectory": "$folder/db", "HttpPort": 18042, "RemoteAccessAllowed": false,
  "DicomServerEnabled": false, "Plugins": ["/usr/share/orthanc/plugins/libOrthancDicomWeb.so"],
  "DicomWeb": { "Enable": true, "Root": "/dicom-web/", "EnableWado": true,
  "Servers": { "mediseg": [ "http://127.0.0.1:18080/dicomweb/" ] } }, $options }
JSON
Orthanc "$folder/orthanc.json" >>"$folder/log" 2>&1 &
started+=($!)
curl -sS -o /dev/null --retry 60 --retry-delay 1 --retry-connrefused http://127.0.0.1:18042/ 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
socat "TCP-LISTEN:18080,bind=127.0.0.1,fork,reuseaddr" "UNIX-CONNECT:$folder/service.sock" 2>>"$folder/log" &
started+=($!)
rm -f "$folder/orthanc.sock"
socat "UNIX-LISTEN:$folder/orthanc.sock,fork" "TCP:127.0.0.1:18042" 2>>"$folder/log" &
started+=($!)
until [[ -S $folder/orthanc.sock ]]; do sleep 0.05; done
echo ready
cat >/dev/null
