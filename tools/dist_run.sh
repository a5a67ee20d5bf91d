#!/usr/bin/env bash
# Sourced by dist_train.sh and dist_test.sh: starts PROCESSES processes of a
# tool by torchrun, as NNODES, NODE_RANK, MASTER_ADDR and PORT say.
# Usage: start TOOL PROCESSES [arguments of the tool]

fail() {
    echo "error: $*" >&2
    exit 1
}

# Wait until the machine of node 0 listens; torchrun says nothing for minutes.
wait_for_master() {
    echo "waiting for node 0 at $1:$2, at most $3 seconds" >&2
    python - "$@" <<'PYTHON' || exit 1
import socket
import sys
import time

host, port, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
end = time.monotonic() + seconds
while True:
    left = end - time.monotonic()
    try:
        if left > 0:
            socket.create_connection((host, port), min(left, 5)).close()
            break
        sys.exit(f'error: node 0 does not answer at {host}:{port} after '
                 f'{seconds:g} seconds ({problem}); start it there, correct '
                 'MASTER_ADDR and PORT, open the port in its firewall, or '
                 'wait longer by MEETING_SECONDS')
    except OSError as error:
        problem = error
        time.sleep(max(0, min(1, end - time.monotonic())))
PYTHON
}

start() {
    local tool=$1 processes=$2 meeting
    local nodes=${NNODES:-1} rank=${NODE_RANK:-0} port=${PORT:-29500}
    local host=${MASTER_ADDR:-127.0.0.1} seconds=${MEETING_SECONDS:-300}

    [[ $seconds =~ ^[1-9][0-9]{0,5}$ ]] ||
        fail "MEETING_SECONDS is \"$seconds\"; give whole seconds, at least 1"
    if [ "$nodes" = 1 ] && [ -z "$PORT" ]; then
        meeting=(--standalone --local_addr=127.0.0.1)
    else
        meeting=(--nnodes="$nodes" --node_rank="$rank"
            --master_addr="$host" --master_port="$port"
            --rdzv_conf="timeout=$seconds")
    fi
    # torch.distributed.run shows a page of calls instead.
    if [ "$nodes" = 1 ] && [ -n "$PORT" ] && ! python -c "
import socket
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(('127.0.0.1', $PORT))" 2> /dev/null; then
        fail "port $PORT cannot be used, it is that of another run perhaps;" \
            "choose one by PORT=29501 $0 ..."
    fi
    if [ "$nodes" != 1 ] && [ "$rank" != 0 ]; then
        wait_for_master "$host" "$port" "$seconds"
    elif [ "$nodes" != 1 ]; then
        echo "node 0 waits for $((nodes - 1)) other nodes at $host:$port" >&2
    fi
    exec python -m torch.distributed.run "${meeting[@]}" \
        --nproc_per_node="$processes" \
        "$(dirname "${BASH_SOURCE[0]}")/$tool" "${@:3}" --launcher pytorch
}
