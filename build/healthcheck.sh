#!/usr/bin/env bash
# Ends with 0 when the service on 127.0.0.1 is ready: healthcheck.sh [PORT [PATH]]. Needs bash only: the runtime image has no curl.
set -euo pipefail
port=${1:-8080}
path=${2:-/health/ready}
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$path" >&3
IFS= read -r -t 5 status <&3
[[ "$status" == "HTTP/1.1 200 "* ]]
