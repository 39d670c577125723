#!/bin/sh
# commands_test.sh PARLEY CHECKOUT SCRATCH: every command that the documentation shows stands in commands.tsv, with what runs it; those
# that are quick are run here as they stand, and so is the README's own session with a server.
set -u
parley=$1 tree=$2 work=$3
failed=0
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1
printf '#!/bin/sh\nexec "%s" "$@"\n' "$parley" >parley && chmod +x parley
PATH=$work:$PATH

# ---- what is shown, and what is listed ----

shown() { # the commands of a page: lines of fenced code, and code in the prose; without comments and what aligns them
    awk '/^ *```/ { code = !code; next }
        code && /^ *(\.\/)?parley / { sub(/^ */, ""); print; next }
        !code { s = $0; while (match(s, /`(\.\/)?parley [^`]*`/)) { print substr(s, RSTART + 1, RLENGTH - 2); s = substr(s, RSTART + RLENGTH) } }' "$1" |
        sed 's/^\.\///; s/   *[^ ].*$//; s/ *#.*//; s/ *&$//'
}
for page in README.md CONTRIBUTING.md conformance/README.md spec/README.md vectors/README.md vectors/format/README.md conformance/peers/README.md \
    conformance/adapter/new/README.md.in conformance/reference.md sim/model/model.md SECURITY.md; do
    shown "$tree/$page"
done | sort -u >shown
grep -v '^#' "$tree/conformance/commands.tsv" | cut -f 1 | sort >listed
[ -s shown ] || { echo 'no command was found in the documentation'; failed=1; }
comm -23 shown listed | sed 's/^/shown, and not in conformance\/commands.tsv: /' >new
[ ! -s new ] || { cat new; failed=1; }
[ -z "$(uniq -d listed)" ] || { echo "listed twice: $(uniq -d listed)"; failed=1; }
comm -13 shown listed | sed 's/^/in conformance\/commands.tsv, and not shown any more: /' >stale
[ ! -s stale ] || { cat stale; failed=1; }

# The tests that are named exist.
grep -v '^#' "$tree/conformance/commands.tsv" | sed -n 's/.*\ttest //p' | sort -u | while read -r test; do
    room=${test%%.*} name=${test#*.}
    [ -n "$(find "$tree/spec" "$tree/sim" "$tree/vectors" "$tree/conformance" "$tree/reports" -name "${name}_test.c" | head -n 1)" ] ||
        grep -q "NAME $room\.$name\b\|NAME $room\.\${\|NAME $room\.[a-z_]*\${" "$tree/CMakeLists.txt" || echo "$test"
done >missing
[ ! -s missing ] || { echo 'no such test:' && cat missing; failed=1; }

# ---- those that are run here ----

grep '	run [0-9]*$' "$tree/conformance/commands.tsv" >runs
while IFS='	' read -r command how; do
    sh -c "$command" >said 2>&1 </dev/null
    code=$?
    [ "run $code" = "$how" ] || { echo "$command: exit $code, wanted '$how':" && tail -n 3 said; failed=1; }
done <runs

# ---- a server, as the README shows it; only the port is a free one ----

port=$((20000 + $$ % 10000))
sed -n '/^```/,/^```/p' "$tree/README.md" | grep -E '^\./parley (serve|test server|chat) ' | sed "s/7443/$port/g; s/7444/$((port + 1))/g; s/ *&$//" >session
serve=$(grep -m 1 'serve --pack' session) suite=$(grep -m 1 'test server' session) chat=$(grep -m 1 '^./parley chat' session)
sh -c "exec $serve --listen ws://127.0.0.1:$port/websocket" >served 2>&1 &
server=$!
trap 'kill $server 2>/dev/null' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do grep -q 'listening on' served && break; sleep 0.5; done
sh -c "$chat --pack ./pack --say hello" >said 2>&1 || { echo "$chat:" && tail -n 3 said; failed=1; }
sh -c "$suite --case 'cf.server.message*' --out out" >said 2>&1 || { echo "$suite:" && tail -n 3 said; failed=1; }
./parley report out/results.json --format html,junit --out out >/dev/null && [ -s out/report.html ] || failed=1

# ---- the reference names every capability of our own library, and every reason ----

{
    printf '{"id":1,"op":"hello","proto":1}\n' | ./parley adapter | sed 's/.*"caps":"\([^"]*\)".*/\1/' | tr ' ' '\n'
    awk '/sentence_reasons\[\] = \{/ { on = 1 } on { print } /NULL\}/ { on = 0 }' "$tree/spec/tools/sentences.c" | grep -o '"[a-z-]*"' | tr -d '"'
} | sort -u | while read -r word; do
    grep -q "^|.*\`$word\`" "$tree/conformance/reference.md" || echo "$word"
done >unnamed
[ ! -s unnamed ] || { echo 'not in conformance/reference.md:' && cat unnamed; failed=1; }

# ---- the man page and the help: every verb has a paragraph, and each verb explains itself ----

./parley help --man >parley.1
./parley help | sed -n 's/^  \([a-z-]*\)  *.*/\1/p' | while read -r verb; do
    grep -qx "\.SS $verb" parley.1 && ./parley "$verb" --help | grep -q "^usage: parley $verb" || echo "$verb"
done >unexplained
[ ! -s unexplained ] || { echo 'not in the man page, or without help:' && cat unexplained; failed=1; }
exit $failed
