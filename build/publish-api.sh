#!/usr/bin/env bash
# Publishes the service into a folder: ./build/publish-api.sh OUT [cpu|cuda]. The Dockerfile and the tests run this very script.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=${1:?"name the folder to publish into"}
accelerator=${2:-cpu}
exec dotnet publish MedISeg.Api/MedISeg.Api.csproj -c Release -o "$out" "-p:MedISegAccelerator=$accelerator" -v quiet --nologo -clp:NoSummary
