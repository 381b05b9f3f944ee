#!/usr/bin/env bash
# Builds MedISeg, starts the service, and sends it a DICOM series of a phantom that was made a moment ago.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'TEXT'
Usage: ./run.sh [--once]

Builds MedISeg, makes a fresh CT phantom as a DICOM series, starts the service on
127.0.0.1:8080, sends the series by curl, and compares the DICOM segmentation that comes
back with the phantom's truth. Then it goes on serving until Ctrl-C; the Swagger page is
at http://127.0.0.1:8080/swagger.

  --once   stop after the demonstration; the exit code is 0 only when the kidney's Dice is at
           least 0.90, and the tumour's at least 0.60 where the phantom has one above 2 ml
  --help   this text

Environment:
  MEDISEG_PORT   another port than 8080
  MEDISEG_SEED   a phantom seed instead of a new one

Results: out/demo-seg.dcm, out/demo-report.json, out/demo.png
TEXT
}

once=false
for argument in "$@"; do
    case "$argument" in
        --once) once=true ;;
        --help | -h) usage; exit 0 ;;
        *) echo "Unknown argument '$argument'; --once and --help are known." >&2; exit 2 ;;
    esac
done

port=${MEDISEG_PORT:-8080}
base=http://127.0.0.1:$port
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() { echo "run.sh: $*" >&2; exit 1; }

source build/install.sh

# need COMMAND PACKAGE: installs the Debian package where the command is missing.
need() {
    command -v "$1" >/dev/null || install_packages "$2" || fail "$1 is missing; install it (Debian package $2) and start again."
}

server=
stop_server() {
    [[ -n "$server" ]] || return 0
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}
trap stop_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing; see https://dotnet.microsoft.com/download."
dotnet --version >/dev/null || fail "the .NET SDK that global.json asks for is missing; see https://dotnet.microsoft.com/download."
need curl curl
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    fail "port $port is in use; stop what listens there, or choose another one with MEDISEG_PORT."
fi

mkdir -p out
exec 9>out/run.lock
flock -n 9 || fail "another run.sh is at work in this folder."

echo "Building ..."
dotnet build build/run.slnf -c Release -v quiet --nologo -clp:NoSummary 9>&- || fail "the build failed."
trainer() { dotnet MedISeg.Training/bin/Release/net10.0/MedISeg.Training.dll "$@"; }

seed=${MEDISEG_SEED:-$(($(od -An -N4 -tu4 /dev/urandom) & 0x7fffffff))}
echo "Making the phantom of seed $seed ..."
rm -rf out/demo out/demo-seg.* out/demo-report.json out/demo.png
trainer phantom --out out/demo --count 1 --seed "$seed" --oblique 12 --spacing 2.5,1.2,1.2 --dicom
image=out/demo/images/0000.nii.gz truth=out/demo/labels/0000.nii.gz
slices=(out/demo/dicom/0000/*.dcm)
parts=()
for slice in "${slices[@]}"; do parts+=(-F "image=@$slice"); done

echo "Starting the service on $base ..."
log=out/server.log
ASPNETCORE_URLS=$base Auth__Mode=none Data__Root="$PWD/out/service" Models__Root="$PWD/models" \
    dotnet MedISeg.Api/bin/Release/net10.0/MedISeg.Api.dll --contentRoot "$PWD/MedISeg.Api" >"$log" 2>&1 9>&- &
server=$!
ready=false
for ((second = 0; second < 90; second++)); do
    if ! kill -0 "$server" 2>/dev/null; then
        tail -n 20 "$log" >&2
        server=
        fail "the service ended while it started; its last lines are above."
    fi
    if curl -fsS -o /dev/null "$base/health/ready" 2>/dev/null; then
        ready=true
        break
    fi
    sleep 1
done
if ! $ready; then
    curl -sS "$base/health/ready" >&2 || true
    fail "the service was not ready within 90 seconds; its reasons are above, its log is $log."
fi

# header NAME: value of a header of the last answer.
header() { tr -d '\r' <out/answer.headers | sed -n "s/^$1: //Ip" | tail -n 1; }

echo "Sending ${#slices[@]} DICOM slices ..."
status=$(curl -sS -o out/answer -D out/answer.headers -w '%{http_code}' -H 'Prefer: wait=120' \
    -F model=phantom-kidney "${parts[@]}" "$base/v1/segmentations") || fail "the request failed."
location=$(header location)
case "$status" in
    201) mv out/answer out/demo-seg.dcm ;;
    202)
        for ((second = 0; second < 600; second++)); do
            curl -fsS -o out/answer "$base$location" || fail "the job could not be asked for."
            state=unknown
            [[ $(<out/answer) =~ \"state\":\ *\"([a-z-]+)\" ]] && state=${BASH_REMATCH[1]}
            [[ "$state" == queued || "$state" == running ]] || break
            sleep 1
        done
        [[ "$state" == succeeded ]] || { cat out/answer >&2; fail "the job is '$state'."; }
        curl -fsS -o out/demo-seg.dcm "$base$location/result" || fail "the result could not be fetched."
        ;;
    *)
        cat out/answer >&2
        fail "the service answered with status $status."
        ;;
esac
curl -fsS -o out/demo-report.json "$base$location/result?format=json" || fail "the report could not be fetched."
rm -f out/answer out/answer.headers

code=0
trainer compare --prediction out/demo-seg.dcm --truth "$truth" --image "$image" --picture out/demo.png \
    --label-names 1=kidney,2=tumour --min 1=0.90,2=0.60 --min-volume-ml 2 || code=$?
echo "Result out/demo-seg.dcm, report out/demo-report.json, picture out/demo.png"
echo "Swagger: $base/swagger"
if $once; then
    exit "$code"
fi
echo "Serving; Ctrl-C stops the service."
wait "$server"
