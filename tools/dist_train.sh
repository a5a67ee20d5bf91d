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

# torch.distributed.run shows a page of calls instead.
if [ "${NNODES:-1}" = 1 ] && [ -n "$PORT" ] && ! python -c "
import socket
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(('127.0.0.1', $PORT))" 2> /dev/null; then
    echo "error: port $PORT cannot be used, it is that of another run" \
        "perhaps; choose one by PORT=29501 $0 ..." >&2
    exit 1
fi

exec python -m torch.distributed.run "${MEETING[@]}" \
    --nproc_per_node="$PROCESSES" \
    "$(dirname "$0")/train.py" "$CONFIG" --launcher pytorch "${@:3}"
