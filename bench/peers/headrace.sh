#!/usr/bin/env bash
# One run of a workload for the harness of the peers: its variables in, the built command as users have it.
set -euo pipefail
for file in W1 W5; do sed "s/@GROUP@/$GROUP/" "$file.json" > "$STATE_DIR/$file.json"; done
cp -r schemas "$STATE_DIR/"
set_registry=()
if [ "$WORKLOAD" = W1 ]; then set_registry=(--set "registry=$REGISTRY"); fi
exec node ../../packages/cli/bin/headrace.js run "$STATE_DIR/$WORKLOAD.json" --metrics-address off --log-format json \
  --set "brokers=$BOOTSTRAP" --set "from=$IN_TOPIC" --set "to=$OUT_TOPIC" "${set_registry[@]}"
