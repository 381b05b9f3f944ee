#!/bin/sh
# Trains a small 3-D U-Net with both precisions and three seeds, and prints the validation Dice of each run.
# Usage: precision-dice.sh TRAIN VALIDATION OUT; the first two are folders with images/ and labels/ of the hippocampus set.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
trainer=${TRAINER:-$here/../../MedISeg.Training/bin/Release/net10.0/MedISeg.Training.dll}
mkdir -p "$3"
for precision in float32 bfloat16; do
    sed "s/\"threads\"/\"precision\": \"$precision\", \"threads\"/" "$here/precision-dice.json" > "$3/$precision.json"
done
for seed in 1 2 3; do
    for precision in float32 bfloat16; do
        run="$3/$precision-$seed"
        dotnet "$trainer" train --data "$1" --validation "$2" --config "$3/$precision.json" --seed "$seed" --out "$run" > "$run.log"
        echo "$precision seed $seed: $(tail -n 1 "$run/metrics.csv")"
    done
done
head -n 1 "$3/float32-1/metrics.csv"
