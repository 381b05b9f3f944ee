#!/usr/bin/env bash
# Publishes the service into a folder: ./build/publish-api.sh OUT [cpu|cuda [COMMIT]]. The Dockerfile and the tests run this very script.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=${1:?"name the folder to publish into"}
accelerator=${2:-cpu}
revision=${3:+-p:SourceRevisionId=$3}
exec dotnet publish MedISeg.Api/MedISeg.Api.csproj -c Release -o "$out" "-p:MedISegAccelerator=$accelerator" ${revision:+"$revision"} -v quiet --nologo -clp:NoSummary
