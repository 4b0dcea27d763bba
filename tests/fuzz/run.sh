#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs the fuzz targets of a build folder, each in a process of its own, and says what became of them:
#
#   run.sh BUILDDIR SECONDS [TARGET...]
#
# What a run finds stays in BUILDDIR/fuzz/TARGET: the corpus, the log, and what made it fail.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
builddir=$(cd "$1" && pwd)
seconds=$2
shift 2
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    for path in "$builddir"/tests/fuzz/fuzz-*; do
        [ ! -f "$path" ] || [ ! -x "$path" ] || targets+=("${path##*/fuzz-}")
    done
fi

# The tree's own dictionary of a target, or that of all XML.
dictionary() {
    if [ -e "$here/$1.dict" ]; then
        echo "$here/$1.dict"
    else
        echo "$here/xml.dict"
    fi
}

pids=()
for target in "${targets[@]}"; do
    work=$builddir/fuzz/$target
    mkdir -p "$work/corpus"
    (
        cd "$work"
        G_DEBUG=fatal-warnings G_SLICE=always-malloc \
            exec "$builddir/tests/fuzz/fuzz-$target" "-max_total_time=$seconds" -max_len=6000 \
            -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
            "-dict=$(dictionary "$target")" corpus "$here/corpus/$target" >log 2>&1
    ) &
    pids+=($!)
done

result=0
for i in "${!targets[@]}"; do
    status=0
    wait "${pids[$i]}" || status=$?
    [ "$status" = 0 ] || result=1
    log=$builddir/fuzz/${targets[$i]}/log
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    last=$(grep -E '^#[0-9]+' "$log" | tail -1)
    edges=$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' <<<"$last")
    features=$(sed -n 's/.* ft: \([0-9]*\).*/\1/p' <<<"$last")
    corpus=$(sed -n 's/.* corp: \([0-9]*\).*/\1/p' <<<"$last")
    echo "${targets[$i]}: status $status, ${runs:-?} runs, ${edges:-?} edges," \
        "${features:-?} features, corpus of ${corpus:-?}"
done
exit "$result"
