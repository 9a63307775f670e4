# What the scripts of this folder share; sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# One flavour of release build for run, bench and test, so that none of them rebuilds what another built. The Swift
# library inside the program: it runs where no Swift is.
release_flags=(-c release)

# The build that tests run in, beside the other: they look inside (@testable), and the optimizer then shows less across
# modules, so that the proof of the hot path (@_noLocks, left out under DEBUG) belongs to the build above alone.
testing_flags=(-c release --scratch-path "$root/.build/testing" -Xswiftc -enable-testing -Xswiftc -DDEBUG)

say() { printf '%s\n' "$*"; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Prints the comment at the head of the script that is running, which is its help.
help_from_head() { awk 'NR > 1 && /^#/ { sub(/^# ?/, ""); print; next } NR > 1 { exit }' "$0"; }

# The number of cores that this process may use.
cores() { nproc; }

# Runs a command on one core where there are two or more, and taskset is there.
on_core() {
    local core=$1
    shift
    if [ "$(cores)" -gt 1 ] && command -v taskset >/dev/null; then
        exec taskset -c "$core" "$@"
    fi
    exec "$@"
}

# Builds one product of the release flavour, quietly unless it fails.
build_product() {
    local log
    log=$(mktemp)
    if ! (cd "$root" && swift build "${release_flags[@]}" --product "$1") >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        die "the build of $1 failed"
    fi
    rm -f "$log"
}

release_folder() { (cd "$root" && swift build "${release_flags[@]}" --show-bin-path); }
