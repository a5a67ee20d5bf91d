#!/usr/bin/env bash
# Test with several processes, one on each GPU; without GPUs, on the CPU.
# Usage: dist_test.sh CONFIG CHECKPOINT PROCESSES [options of test.py]
# Environment: NNODES, NODE_RANK, MASTER_ADDR, PORT for several machines, and
# MEETING_SECONDS, for which others wait for node 0 (300); on one machine a
# free port is taken unless PORT names one.
set -e

USAGE='usage: dist_test.sh CONFIG CHECKPOINT PROCESSES [options of test.py]'
CONFIG=${1:?$USAGE}
CHECKPOINT=${2:?$USAGE}
PROCESSES=${3:?$USAGE}

source "$(dirname "${BASH_SOURCE[0]}")/dist_run.sh"
start test.py "$PROCESSES" "$CONFIG" "$CHECKPOINT" "${@:4}"
