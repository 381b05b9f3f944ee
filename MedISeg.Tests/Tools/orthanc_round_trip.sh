#!/usr/bin/env bash
# Sends DICOM files to an Orthanc of its own by STOW-RS and fetches each of them back by WADO-RS.
#
# usage: unshare -n orthanc_round_trip.sh SOURCE TARGET
#   SOURCE  folder of .dcm files
#   TARGET  folder for what comes back; one file an instance, named by its place in Orthanc's list, and metadata.json
# Orthanc 1.10 listens on all addresses, so it must run where there is no network but its own.
set -euo pipefail

source=$1 target=$2
base=http://127.0.0.1:18042
if ip route get 192.0.2.1 >/dev/null 2>&1; then
    echo "orthanc_round_trip.sh: run it in a private network namespace (unshare -n)." >&2
    exit 2
fi
ip link set lo up

work=$(mktemp -d)
server=
finish() {
    [[ -z "$server" ]] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
    rm -rf "$work"
}
trap finish EXIT

cat >"$work/orthanc.json" <<JSON
{ "Name": "MEDISEG-TEST", "StorageDirectory": "$work/db", "IndexDirectory": "$work/db", "HttpPort": 18042, "RemoteAccessAllowed": false,
  "AuthenticationEnabled": false, "DicomServerEnabled": false, "Plugins": ["/usr/share/orthanc/plugins/libOrthancDicomWeb.so"],
  "DicomWeb": { "Enable": true, "Root": "/dicom-web/", "EnableWado": true } }
JSON
Orthanc "$work/orthanc.json" >"$work/log" 2>&1 &
server=$!
curl -fsS -o /dev/null --retry 60 --retry-delay 1 --retry-connrefused "$base/system" 2>/dev/null || { cat "$work/log" >&2; exit 1; }

for file in "$source"/*.dcm; do
    printf -- '--mediseg\r\nContent-Type: application/dicom\r\n\r\n'
    cat "$file"
    printf '\r\n'
done >"$work/body"
printf -- '--mediseg--\r\n' >>"$work/body"
curl -fsS -H 'Content-Type: multipart/related; type="application/dicom"; boundary=mediseg' -H 'Accept: application/dicom+json' \
    --data-binary @"$work/body" "$base/dicom-web/studies" >"$target/stow.json"

curl -fsS -H 'Accept: application/dicom+json' "$base/dicom-web/instances" >"$target/instances.json"
number=0
while read -r study series instance; do
    path="$base/dicom-web/studies/$study/series/$series/instances/$instance"
    curl -fsS -H 'Accept: multipart/related; type="application/dicom"; transfer-syntax=*' -D "$work/headers" "$path" >"$work/answer"
    boundary=$(tr -d '\r' <"$work/headers" | sed -n 's/.*boundary="\{0,1\}\([^";]*\).*/\1/Ip')
    python3 - "$work/answer" "$boundary" "$target/$number.dcm" <<'PYTHON'
import sys
content, boundary = open(sys.argv[1], "rb").read(), sys.argv[2].encode()
part = content.split(b"--" + boundary)[1]
body = part.split(b"\r\n\r\n", 1)[1]
open(sys.argv[3], "wb").write(body[:-2])
PYTHON
    curl -fsS -H 'Accept: application/dicom+json' "$path/metadata" >"$target/$number.json"
    number=$((number + 1))
done < <(jq -r '.[] | [."0020000D".Value[0], ."0020000E".Value[0], ."00080018".Value[0]] | @tsv' "$target/instances.json")
echo "$number"
