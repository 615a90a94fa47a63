#!/usr/bin/env bash
# Headrace beside its peers, in one run: bench/peers/run.sh <folder of the harness> [its options].
# The harness starts Kafka, fills the topic, checks what each peer writes and prints a line a run.
set -euo pipefail
cd "$(dirname "$0")"
harness=${1:?the folder of the harness}
shift
npx --yes pnpm@10 -s --dir ../.. build
if [ $# -eq 0 ]; then set -- --peers headrace,ks-tuned,kafkajs --workloads W1,W5 --rounds 3; fi
export PEERS_SETUP=${PEERS_SETUP:-ks node} PEERS_EXTRA=$PWD/peers.json
exec "$harness/run.sh" "$@"
