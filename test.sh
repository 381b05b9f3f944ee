#!/usr/bin/env bash
# Builds everything and runs the tests. The last line is always "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'TEXT'
Usage: ./test.sh [--full]

Runs the fast suite in three processes: all but training; the kernels again without
hardware intrinsics; training alone, one test after the other.
  --full   also the long tests ([Trait("Category", "Long")]), and 10,000 damaged DICOM files
           and code streams a test ($MEDISEG_FUZZ_INPUTS) instead of 1,500 or 3,000
  --help   this text

Tests that need large sample data look in $MEDISEG_DATA (default ../shared/data) and
skip without it. Where the data is there, such a skip is a failure.

DICOM segmentations are also shown to independent programs (dicom3tools, DCMTK, pydicom,
Orthanc, dcmqi, OHIF's reader). What is missing of them is installed first, from Debian and
npm; where that cannot be done, those tests skip. Tests of a shared job store
start Debian's PostgreSQL and RabbitMQ on the loopback, those behind a proxy its nginx, and skip without
them. The Helm chart is rendered by a program in Go with Debian's libraries, and docker-compose
reads the compose files; no engine is needed.
TEXT
}

full=false
for argument in "$@"; do
    case "$argument" in
        --full) full=true ;;
        --help | -h) usage; exit 0 ;;
        *) echo "Unknown argument '$argument'; --full and --help are known." >&2; exit 2 ;;
    esac
done

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
passed=0 failed=0 skipped=0
results=TestResults
tests=MedISeg.Tests/bin/Release/net10.0/MedISeg.Tests.dll
source build/install.sh

finish() {
    local file
    # Once more at the end, where a log that keeps only its last lines still has them.
    for file in "$results"/*.xml; do [[ -f "$file" ]] && failures "$file"; done
    echo "$passed passed, $failed failed, $skipped skipped"
    ((failed == 0)) && exit 0
    exit 1
}

# TOOL=PACKAGE: a command, or a file, and the Debian package that brings it.
packages=(
    dciodvfy=dicom3tools dcmftest=dcmtk g++=g++ /usr/include/dcmtk/dcmseg/segdoc.h=libdcmtk-dev
    /usr/lib/python3/dist-packages/pydicom=python3-pydicom /usr/lib/python3/dist-packages/numpy=python3-numpy
    /usr/sbin/Orthanc=orthanc /usr/share/orthanc/plugins/libOrthancDicomWeb.so=orthanc-dicomweb
    opj_compress=libopenjp2-tools gdcmconv=libgdcm-tools jq=jq curl=curl /usr/sbin/ip=iproute2 unshare=util-linux socat=socat
    "/usr/lib/postgresql/*/bin/initdb=postgresql" /usr/lib/rabbitmq/bin/rabbitmq-server=rabbitmq-server sqlite3=sqlite3 /usr/sbin/nginx=nginx-light
    go=golang-go /usr/share/gocode/src/github.com/Masterminds/sprig=golang-github-masterminds-sprig-dev
    /usr/share/gocode/src/gopkg.in/yaml.v2=golang-gopkg-yaml.v2-dev docker-compose=docker-compose
    "/usr/lib/*/libopenjp2.so.7=libopenjp2-7" "/usr/lib/*/libcharls.so.2=libcharls2"
)

# install_tools: installs what is missing of the independent programs.
install_tools() {
    local entry tool package missing=()
    for entry in "${packages[@]}"; do
        tool=${entry%=*} package=${entry##*=}
        if [[ "$tool" == /* ]]; then compgen -G "$tool" >/dev/null || missing+=("$package")
        else command -v "$tool" >/dev/null || missing+=("$package"); fi
    done
    command -v node >/dev/null && command -v npm >/dev/null || missing+=(nodejs npm)
    if ((${#missing[@]} > 0)); then
        install_packages "${missing[@]}" || return
        # These packages start services that listen on all addresses; Erlang's epmd comes with RabbitMQ.
        local services=()
        [[ " ${missing[*]} " == *" orthanc "* ]] && services+=(orthanc)
        [[ " ${missing[*]} " == *" nginx-light "* ]] && services+=(nginx)
        [[ " ${missing[*]} " == *" rabbitmq-server "* ]] && services+=(rabbitmq-server epmd.socket epmd.service)
        if ((${#services[@]} > 0)) && [[ -d /run/systemd/system ]]; then
            if ((EUID == 0)); then systemctl disable --now "${services[@]}"; else sudo systemctl disable --now "${services[@]}"; fi >/dev/null 2>&1
        fi
    fi
    local folder=MedISeg.Tests/Tools/node
    [[ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]] && return
    echo "Installing @itk-wasm/dicom, dcmjs, @cornerstonejs/adapters and kubernetes-models ..."
    (cd "$folder" && npm ci --ignore-scripts --silent >/dev/null 2>&1) || { echo "The npm packages of the tests could not be installed." >&2; return 1; }
}

# attribute NAME FILE: a number of the result file's first <assembly> element.
attribute() { head -c 4000 "$2" | sed -n "s/.*<assembly [^>]*[ ]$1=\"\([0-9]*\)\".*/\1/p"; }

# failures FILE: each failed test of a result file with the first lines of what it said.
failures() {
    python3 - "$1" <<'PYTHON' 2>/dev/null
import sys
import xml.etree.ElementTree as tree
for test in tree.parse(sys.argv[1]).iter():
    failure = test.find("failure")
    if failure is not None:
        said = (failure.findtext("message") or "").strip() + "\n" + (failure.findtext("stack-trace") or "").strip()
        print(f"FAILED {test.get('name', test.get('type'))}\n" + "\n".join("    " + line for line in said.splitlines()[:25]))
PYTHON
}

# run_tests NAME ARGUMENT...: one process; adds its numbers.
run_tests() {
    local name=$1 code=0 file="$results/$1.xml"
    shift
    echo "== $name"
    dotnet exec "$tests" -noLogo -noColor -result-xml "$file" "$@" || code=$?
    local total good bad errors skips late
    total=$(attribute total "$file" 2>/dev/null) good=$(attribute passed "$file" 2>/dev/null)
    bad=$(attribute failed "$file" 2>/dev/null) errors=$(attribute errors "$file" 2>/dev/null)
    skips=$(attribute skipped "$file" 2>/dev/null)
    if [[ -z "$total" || -z "$good" || -z "$bad" || -z "$errors" || -z "$skips" ]]; then
        echo "$name: the process ended with code $code and without a result."
        failed=$((failed + 1))
        return
    fi
    if ((total == 0)); then
        echo "$name: no test was found."
        bad=1
    elif ((code != 0 && bad + errors == 0)); then
        echo "$name: all tests passed, and yet the process ended with code $code."
        bad=1
    fi
    passed=$((passed + good)) failed=$((failed + bad + errors))
    late=0
    if [[ -d "${MEDISEG_DATA:-../shared/data}" ]]; then
        late=$(grep -o '<reason>\(<!\[CDATA\[\)\?data:' "$file" | wc -l)
        if ((late > 0)); then
            echo "$name: $late tests skipped for want of data, although ${MEDISEG_DATA:-../shared/data} is there."
            failed=$((failed + late))
        fi
    fi
    if $tools; then
        local unfound
        unfound=$(grep -o '<reason>\(<!\[CDATA\[\)\?tool:' "$file" | wc -l)
        if ((unfound > 0)); then
            echo "$name: $unfound tests skipped for want of a program, although all were installed."
            failed=$((failed + unfound)) late=$((late + unfound))
        fi
    fi
    skipped=$((skipped + skips - late))
}

rm -rf "$results"
mkdir -p "$results"
tools=true
install_tools || tools=false
$tools || echo "Tests that need programs which are not installed will be skipped."
if ! dotnet build MedISeg.sln -c Release -v quiet --nologo -clp:NoSummary; then
    echo "The build failed."
    failed=1
    finish
fi

fast=(-trait- "Category=Long")
$full && fast=() && export MEDISEG_FUZZ_INPUTS=${MEDISEG_FUZZ_INPUTS:-10000}
run_tests all-but-training -namespace- "MedISeg.Tests.Training*" "${fast[@]}"
DOTNET_EnableHWIntrinsic=0 run_tests kernels-without-intrinsics -trait "Category=Kernel" -namespace- "MedISeg.Tests.Training*" "${fast[@]}"
# TorchSharp races with the garbage collector: nothing else may run beside it.
run_tests training -namespace "MedISeg.Tests.Training*" -parallelMode none "${fast[@]}"
finish
