#!/usr/bin/env bash
# Throughput of one API process with 1, 2 and 4 worker processes on one PostgreSQL, in turns; docs/scaling.md has the figures.
# Usage: MedISeg.Benchmarks/Load/scaling.sh [ROUNDS] [JOBS]      (default 2 rounds of 24 jobs)
# With MEDISEG_RABBIT=amqp://... the workers take their work through that broker. Wants Debian's postgresql and a finished `dotnet build -c Release`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rounds=${1:-2} jobs=${2:-24}
api=MedISeg.Api/bin/Release/net10.0/MedISeg.Api.dll
bench=MedISeg.Benchmarks/bin/Release/net10.0/MedISeg.Benchmarks.dll
trainer=MedISeg.Training/bin/Release/net10.0/MedISeg.Training.dll
programs=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
work=$(mktemp -d)
port=$((20000 + RANDOM % 10000))
pids=()

as_postgres() { if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi; }

stop_services() {
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    pids=()
}

finish() {
    stop_services
    as_postgres "$programs/pg_ctl" -D "$work/pg/data" -m fast stop >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT

mkdir "$work/pg"
if ((EUID == 0)); then chmod 711 "$work"; chown postgres "$work/pg"; fi
as_postgres "$programs/initdb" -D "$work/pg/data" -A trust -U postgres -E UTF8 --locale=C >/dev/null
as_postgres "$programs/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -w -o "-c listen_addresses=127.0.0.1 -p $port -k $work/pg" start >/dev/null
dotnet exec "$trainer" phantom --count 2 --spacing 3 --seed 7 --out "$work/images" >/dev/null
images=$(find "$work/images/images" -name '*.nii.gz' | sort)

# start ROLE PORT: one process of the service.
start() {
    local settings=(
        ASPNETCORE_URLS="http://127.0.0.1:$2" Auth__Mode=none Jobs__Role="$1" Data__Root="$work/data" Models__Root="$PWD/models" Models__Threads=1 Models__Preload=false
        Data__Postgres="Host=127.0.0.1;Port=$port;Username=postgres;Database=$database"
    )
    [[ -n "${MEDISEG_RABBIT:-}" ]] && settings+=(Data__RabbitMq="$MEDISEG_RABBIT")
    env "${settings[@]}" dotnet exec "$api" >"$work/$1-$2.log" 2>&1 &
    pids+=($!)
}

# ready PORT
ready() {
    local n
    for ((n = 0; n < 240; n++)); do curl -sf "http://127.0.0.1:$1/health/ready" >/dev/null && return; sleep 0.5; done
    tail -n 5 "$work"/*.log >&2
    exit 1
}

for ((round = 1; round <= rounds; round++)); do
    for workers in 1 2 4; do
        database=scaling_${round}_$workers
        as_postgres "$programs/createdb" -h 127.0.0.1 -p "$port" -U postgres "$database"
        rm -rf "$work/data"
        start api $((port + 1))
        ready $((port + 1))
        for ((n = 1; n <= workers; n++)); do start worker $((port + 1 + n)); done
        for ((n = 1; n <= workers; n++)); do ready $((port + 1 + n)); done
        # shellcheck disable=SC2086
        dotnet exec "$bench" loadtest --url "http://127.0.0.1:$((port + 1))" --image $images --model phantom-kidney --jobs "$jobs" --clients 8 2>/dev/null |
            sed "s/^/$workers workers, round $round: /"
        peak=0
        for pid in "${pids[@]:1}"; do peak=$((peak + $(awk '/VmHWM/ {print int($2 / 1024)}' "/proc/$pid/status"))); done
        echo "$workers workers, round $round: peaks of the workers together $peak MiB; cores $(nproc), load before $(cut -d' ' -f1 /proc/loadavg)"
        stop_services
    done
done
