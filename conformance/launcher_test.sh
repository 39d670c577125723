#!/bin/sh
# The launcher on machines that lack something, without installing or building: commands are played by small scripts.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
mkdir "$work/tree" "$work/bin"
printf "#!/bin/sh\necho \"the program runs: \$*\"\n" >"$work/program"
chmod +x "$work/program"
cp "$here/../parley" "$here/../CMakePresets.json" "$work/tree/"
for tool in sh cp dirname id mkdir find tail cut cat awk sed grep sleep ls tr env kill rm date; do
    path=$(command -v "$tool") && case $path in /*) ln -s "$path" "$work/bin/$tool" ;; esac
done

plays() { # NAME BODY: a command of the played machine
    rm -f "$work/bin/$1" # it may be a link to the real one
    printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}

launch() { (cd "$work" && env -i HOME="$work" PATH="$work/bin" "$(command -v sh)" tree/parley "$@" </dev/null >out 2>&1); }

expect() { # EXIT WORDS-THAT-ARE-SAID ARGUMENT...
    want=$1 words=$2
    shift 2
    launch "$@"
    code=$?
    if [ $code != "$want" ] || ! grep -qF -- "$words" "$work/out"; then
        printf 'parley %s: expected exit %s and "%s"; got exit %s:\n' "$*" "$want" "$words" $code
        cat "$work/out"
        failed=1
    fi
}

# Not Debian: the list, and no more.
expect 69 'apt-get install -y --no-install-recommends gcc libc6-dev cmake ninja-build pkg-config libsodium-dev' demo
expect 69 'this is not Debian' demo
expect 69 'libcmocka-dev clang libclang-rt-dev clang-format llvm nodejs' check

# Debian: never with --no-install; as a user without a terminal not either; as root at once, in one call.
plays apt-get 'echo "$@" >>"$HOME/apt"'
expect 69 'not installed, as told' --no-install demo
plays id 'echo 1000'
expect 69 'run that line as root' demo
[ ! -e "$work/apt" ] || { echo 'apt-get was called without consent'; failed=1; }
expect 69 'run that line as root' --yes demo
plays sudo 'printf "%s\n" "$*" >>"$HOME/sudo"; exit 1'
expect 70 'the packages could not be installed' --yes demo
grep -q -e '^-n env DEBIAN_FRONTEND=noninteractive apt-get' "$work/sudo" || { echo '--yes does not use sudo without a password'; failed=1; }
rm "$work/bin/sudo"
plays id 'echo 0'
plays cmake 'echo "$*" >>"$HOME/cmake"
mkdir -p "$HOME/tree/build/mutants"
cp "$HOME/program" "$HOME/tree/build/mutants/parley"'
for tool in gcc ninja; do plays $tool 'cat >/dev/null'; done
plays pkg-config 'case $2 in cmocka | libsodium) exit 1 ;; esac'
expect 0 'the program runs: demo --profile confer' demo --profile confer
[ "$(grep -cv -e '^-q -s ' "$work/apt")" = 1 ] || { echo 'more than one apt call'; cat "$work/apt"; failed=1; }
grep -qx -e '-q install -y --no-install-recommends libsodium-dev' "$work/apt" || { echo 'not exactly what is missing:'; cat "$work/apt"; failed=1; }
grep -q -e '--preset mutants .*-DPARLEY_TESTS=OFF' "$work/cmake" || { echo 'demo asks for the test library:'; cat "$work/cmake"; failed=1; }

# The help comes from what is built, whichever verb it is about; other words build what they need. The program hears how it was called.
for line in --help help '' 'chat --help' 'demo --help'; do
    : >"$work/cmake"
    # shellcheck disable=SC2086 # words
    expect 0 "the program runs: $line" $line
    ! grep -q -e '--preset release\|build/release' "$work/cmake" || { echo "parley $line builds another preset:"; cat "$work/cmake"; failed=1; }
done
for line in chat 'test library -- ./run --help'; do
    : >"$work/cmake"
    # shellcheck disable=SC2086 # words
    launch $line || :
    grep -q -e '--preset release\|build/release' "$work/cmake" || { echo "parley $line does not build its preset:"; cat "$work/cmake"; failed=1; }
done
rm -rf "$work/tree/build/release"
printf '#!/bin/sh\necho "called as $PARLEY_CALLED"\n' >"$work/program"
expect 0 'called as tree/parley' demo
printf '#!/bin/sh\necho "the program runs: $*"\n' >"$work/program"

# Nothing missing: quiet. A build that fails: its words, and exit 70.
plays pkg-config ':'
rm -f "$work/apt"
expect 0 'the program runs: audit' audit
plays node ':'
expect 0 'the program runs: gate' gate
[ ! -e "$work/apt" ] || { echo 'apt-get was called though nothing is missing'; failed=1; }
[ "$(wc -l <"$work/out")" = 1 ] || { echo 'not quiet:'; cat "$work/out"; failed=1; }
plays cmake 'case $1 in --build) echo broken.c:1: planted error; exit 1 ;; esac'
expect 70 'broken.c:1: planted error' spec
expect 64 "there is no folder '/nowhere'" check --data /nowhere
expect 64 "'--nonsense' is no option" check --nonsense
expect 64 "'--label' is no option, or lacks its argument" check --label

# Without a terminal, what takes long says every ten seconds how far it is.
plays cmake 'case $1 in --build) echo "[1/2] compiling"; n=0; until grep -q Building "$HOME/out" || [ $n = 600 ]; do sleep 0.1; n=$((n + 1)); done ;; esac'
expect 0 'Building mutants: [1/2] compiling' audit

# A checkout that can't be written runs what is built in it, but not when a source is younger.
if [ "$(id -u)" = 0 ]; then as='setpriv --reuid=65534 --clear-groups'; else as=''; fi
mkdir "$work/tree/conformance"
touch -d 2020-01-01 "$work/tree/CMakePresets.json"
chmod -R a+rX "$work" && chmod -R a-w "$work/tree"
read_only() { # EXIT WORDS
    said=$(cd / && $as sh "$work/tree/parley" demo 2>&1 </dev/null)
    code=$?
    case $code:$said in "$1":*"$2"*) ;; *) echo "read-only: expected exit $1 and \"$2\"; got exit $code: $said"; failed=1 ;; esac
}
read_only 0 'the program runs: demo'
touch "$work/tree/conformance/new.c"
read_only 70 'conformance/new.c is younger than what is built in it'
rm "$work/tree/build/mutants/parley"
read_only 70 "the preset 'mutants' is not built in it"
chmod -R u+w "$work/tree"
exit $failed
