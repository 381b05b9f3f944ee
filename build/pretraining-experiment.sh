#!/usr/bin/env bash
# Does pre-training on unlabelled images beat a random start? build/pretraining-experiment.sh hippocampus|nuclei DATA OUT
# DATA holds the set's folder and splits.json. Pre-training sees neither the test set nor fold 0; trainings learn from FEW cases of fold 1 or
# from folds 1 to 4, with and without the encoder, and are scored on fold 0 after the last step. Finished runs are kept, broken ones go on.
# PRETRAIN_STEPS, TRAIN_STEPS, SEEDS, FEW, THREADS and TRAINER (the program) may be set. Writes OUT/SET/dice.csv and prints the table of docs/results.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
set=${1:?"name the set: hippocampus or nuclei"} data=${2:?"name the folder of the data"} out=${3:?"name the folder of the runs"}/$1
read -ra seeds <<<"${SEEDS:-1 2 3}"
few=${FEW:-8} threads=${THREADS:-0}
trainer=(dotnet "${TRAINER:-MedISeg.Training/bin/Release/net10.0/MedISeg.Training.dll}")
mkdir -p "$out"

case $set in
hippocampus)
    method=models-genesis
    cat >"$out/train.json" <<JSON
{ "task": "hippocampus", "inputs": [{ "name": "mr" }], "grid": { "orientation": "LPS", "spacing": null },
  "intensity": [{ "op": "percentile-clip", "lower": 0.5, "upper": 99.5 }, { "op": "min-max" }],
  "classes": [{ "id": 0, "name": "background" }, { "id": 1, "name": "anterior" }, { "id": 2, "name": "posterior" }],
  "network": { "features": [8, 16, 32], "norm": "instance" }, "patchSize": [32, 32, 32], "batchSize": 2,
  "steps": ${TRAIN_STEPS:-600}, "stepsPerEpoch": ${TRAIN_STEPS:-600}, "validationCases": 1000, "threads": $threads }
JSON
    echo "{ \"batchSize\": 4, \"steps\": ${PRETRAIN_STEPS:-2000}, \"stepsPerEpoch\": 250 }" >"$out/settings.json"
    ;;
nuclei)
    method=simclr
    cat >"$out/train.json" <<JSON
{ "task": "nuclei", "data": { "labels": "positive", "colours": "grey" }, "inputs": [{ "name": "microscopy" }],
  "grid": { "orientation": null, "spacing": null }, "intensity": [{ "op": "min-max" }],
  "classes": [{ "id": 0, "name": "background" }, { "id": 1, "name": "nucleus" }],
  "network": { "dimensionality": 2, "features": [16, 32, 64, 128], "norm": "batch" }, "patchSize": [96, 96], "batchSize": 4,
  "steps": ${TRAIN_STEPS:-600}, "stepsPerEpoch": ${TRAIN_STEPS:-600}, "validationCases": 1000, "threads": $threads }
JSON
    echo "{ \"batchSize\": 32, \"steps\": ${PRETRAIN_STEPS:-1500}, \"stepsPerEpoch\": 250 }" >"$out/settings.json"
    ;;
*)
    echo "There is no experiment for $set." >&2
    exit 2
    ;;
esac

# Fold 0 is validated on; the few are the first of fold 1; what is not used stands in the test set, which no training sees.
python3 - "$data/splits.json" "$set" "$few" "$out" <<'PYTHON'
import json, sys
splits, name, few, out = sys.argv[1:]
split = json.load(open(splits))[name]
held, labelled = split["folds"][0], [case for fold in split["folds"][1:] for case in fold]
for size, cases in (("few", split["folds"][1][:int(few)]), ("all", labelled)):
    rest = [case for case in labelled if case not in cases]
    json.dump({name: {"test": split["test"] + rest, "folds": [held, cases]}}, open(f"{out}/{size}.json", "w"))
PYTHON

# run VERB FOLDER ARGUMENTS: starts a run, goes on with a broken one, leaves a finished one ($3 says that it is).
run() {
    local verb=$1 folder=$2 finished=$3
    shift 3
    if [[ -e $finished ]]; then return; fi
    if [[ -e $folder/checkpoints/last.safetensors ]]; then
        "${trainer[@]}" "$verb" --data "$data/$set" --out "$folder" --resume
    else
        rm -rf "$folder"
        "${trainer[@]}" "$verb" --data "$data/$set" --out "$folder" --config "$out/train.json" "$@"
    fi
    touch "$finished"
}

echo "cases,start,seed,dice" >"$out/dice.csv"
for seed in "${seeds[@]}"; do
    pretrained=$out/pretrained-$seed
    run pretrain "$pretrained" "$pretrained/finished" --splits "$data/splits.json:$set" --fold 0 --method "$method" --settings "$out/settings.json" --seed "$seed"
    for size in few all; do
        for start in random "$method"; do
            folder=$out/$size-$start-$seed encoder=()
            [[ $start == random ]] || encoder=(--encoder "$pretrained/encoder.safetensors")
            run train "$folder" "$folder/finished" --splits "$out/$size.json" --fold 0 --seed "$seed" "${encoder[@]}"
            echo "$size,$start,$seed,$(tail -n 1 "$folder/metrics.csv" | cut -d, -f7)" >>"$out/dice.csv"
        done
    done
done

python3 - "$out/dice.csv" <<'PYTHON'
import csv, statistics, sys
rows = list(csv.DictReader(open(sys.argv[1])))
print("| labelled cases | start | Dice of each seed | mean | deviation |\n|---|---|---|--:|--:|")
for size in ("few", "all"):
    for start in dict.fromkeys(row["start"] for row in rows):
        dice = [float(row["dice"]) for row in rows if (row["cases"], row["start"]) == (size, start)]
        deviation = f"{statistics.stdev(dice):.4f}" if len(dice) > 1 else ""
        print(f"| {size} | {start} | {', '.join(f'{d:.4f}' for d in dice)} | {statistics.mean(dice):.4f} | {deviation} |")
PYTHON
