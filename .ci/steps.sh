# Sourced by .ci/run and .ci/full: runs named steps, goes on after a failure, and adds everything up.
# shellcheck shell=bash
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
exec </dev/null
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 CCACHE_NOHASHDIR=1
ninja_jobs=$(nproc)
passed=0 failed=0 skipped=0
failures='' skips=''

# say TEXT...: a heading with the time, so that a log shows what took long.
say() { printf '\n== %s [%dm%02ds]\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

pass() { passed=$((passed + 1)); }
fail() {
  failed=$((failed + 1))
  failures+="  $1"$'\n'
}
skip() {
  skipped=$((skipped + 1))
  skips+="  $1: $2"$'\n'
}

# step NAME COMMAND...: one check. Its output is shown only when it fails.
step() {
  local name=$1 log status
  shift
  say "$name"
  log=$(mktemp)
  "$@" >"$log" 2>&1
  status=$?
  if [ "$status" -eq 0 ]; then
    tail -n 1 "$log"
    pass
    rm -f "$log"
    return 0
  fi
  tail -n 200 "$log"
  printf 'failed with status %d: %s\n' "$status" "$*"
  fail "$name"
  rm -f "$log"
  return 1
}

# configure DIRECTORY [OPTION...]: configures, or configures anew, with warnings as errors and no tests left out.
configure() {
  local directory=$1
  shift
  if [ -f "$directory/build.ninja" ]; then
    meson configure "$directory" -Dwerror=true -Dtests=enabled "$@"
  else
    meson setup "$directory" -Dwerror=true -Dtests=enabled "$@"
  fi
}

# build DIRECTORY [OPTION...]: that, and compiles everything.
build() { configure "$@" && ninja -C "$1" -j "$ninja_jobs"; }

# count NAME DIRECTORY: adds the tests of the last `meson test` there, whatever its exit status was.
count() {
  local word rest numbers=0
  while read -r word rest; do
    case $word in
      count)
        read -r p f s <<<"$rest"
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
        numbers=$((p + f + s))
        ;;
      fail) failures+="  $1: $rest"$'\n' ;;
      skip) skips+="  $1: $rest"$'\n' ;;
    esac
  done < <(python3 .ci/count.py "$2/meson-logs/testlog.json")
  [ "$numbers" -gt 0 ] || fail "$1: no test was run"
}

# suites NAME DIRECTORY [ARGUMENT...]: compiles what these tests need, runs them and counts them one by one.
suites() {
  local name=$1 directory=$2
  shift 2
  say "$name"
  rm -f "$directory/meson-logs/testlog.json"
  meson test -C "$directory" --print-errorlogs "$@" | grep -v '^\[[0-9]*/[0-9]*\] '  # not each compiled file
  count "$name" "$directory"
}

# The last line is for machines.
finish() {
  say 'done'
  [ -z "$skips" ] || printf 'skipped:\n%s' "$skips"
  [ -z "$failures" ] || printf 'failed:\n%s' "$failures"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}
