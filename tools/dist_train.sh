#!/usr/bin/env bash
# Train with several processes, one on each GPU; without GPUs, on the CPU.
# Usage: dist_train.sh CONFIG PROCESSES [options of train.py]
# Environment: NNODES, NODE_RANK, MASTER_ADDR, PORT for several machines; on
# one machine a free port is taken unless PORT names one.
set -e

USAGE='usage: dist_train.sh CONFIG PROCESSES [options of train.py]'
CONFIG=${1:?$USAGE}
PROCESSES=${2:?$USAGE}

if [ "${NNODES:-1}" = 1 ] && [ -z "$PORT" ]; then
    MEETING=(--standalone --local_addr=127.0.0.1)
else
    MEETING=(--nnodes="${NNODES:-1}" --node_rank="${NODE_RANK:-0}"
        --master_addr="${MASTER_ADDR:-127.0.0.1}"
        --master_port="${PORT:-29500}")
fi

exec python -m torch.distributed.run "${MEETING[@]}" \
    --nproc_per_node="$PROCESSES" \
    "$(dirname "$0")/train.py" "$CONFIG" --launcher pytorch "${@:3}"
