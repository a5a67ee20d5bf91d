#!/usr/bin/env bash
# Train with several processes, one on each GPU; without GPUs, on the CPU.
# Usage: dist_train.sh CONFIG PROCESSES [options of train.py]
# Environment: NNODES, NODE_RANK, MASTER_ADDR, PORT for several machines, and
# MEETING_SECONDS, for which others wait for node 0 (300); on one machine a
# free port is taken unless PORT names one.
set -e

USAGE='usage: dist_train.sh CONFIG PROCESSES [options of train.py]'
CONFIG=${1:?$USAGE}
PROCESSES=${2:?$USAGE}

source "$(dirname "${BASH_SOURCE[0]}")/dist_run.sh"
start train.py "$PROCESSES" "$CONFIG" "${@:3}"
