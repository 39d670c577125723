#!/bin/sh
# recipe_test.sh CMAKE COMPILER: follows CONTRIBUTING.md in a scratch copy of the tree. Adds one sentence with its outcome to profile confer
# ("Add a requirement") and a chapter of three sentences ("Add a chapter"), regenerates, builds, and runs what has to notice a mistake.
# Prints how many files each took; CONTRIBUTING.md has to say the same.
set -eu
cmake=$1 compiler=$2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
tree=$(dirname "$here")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=$work/copy

fail() { echo "$1" >&2; exit 1; }

run() { # WHAT COMMAND...: its output only when it fails
    what=$1
    shift
    "$@" >"$work/output" 2>&1 || { tail -n 30 "$work/output" >&2; fail "$what failed"; }
    echo "$what: $(tail -n 1 "$work/output")"
}

insert() { # FILE WORDS TEXT: a line after the first that has these words
    awk -v words="$2" -v text="$3" '{ print } !done && index($0, words) { print text; done = 1 } END { exit !done }' \
        "$copy/$1" >"$work/changed" || fail "$1 has no line with: $2"
    cat "$work/changed" >"$copy/$1"
}

mkdir "$copy"
(cd "$tree" && tar -cf - --exclude=./build --exclude=./.git --exclude=./reports/out --exclude=./parley-out --exclude=./conformance/peers/installed --exclude=node_modules .) | tar -xf - -C "$copy"
[ -d "$copy/spec" ] || fail "the tree was not copied"

# ---- one sentence with its outcome ----

last=$(grep -oh 'CF-[0-9]\{3\}' "$copy/spec/profiles/confer/confer.md" | sort -u | tail -n 1)
n=$(printf '%03d' $((1${last#CF-} - 999)))
insert spec/profiles/confer/confer.md '- **CF-058**' \
    "- **CF-$n** (receiver, MUST, wire, limit) A frame whose chunk_id is 4242 is refused; a server closes with 1003 \`Reserved chunk id\`. [ours]"
insert spec/profiles/confer/confer_frame.c 'CF_057);' "    REQUIRE(f->chunk_id.v != 4242, CF_$n);"
insert spec/profiles/confer/confer_server_test.c '/* ---- frames ---- */' "
static void the_reserved_chunk_id_closes_with_its_own_reason(void **state)
{
    (void)state;
    const cf_frame f = {.chunk_id = {true, 4242}, .chunk_index = {true, 0}, .total_chunks = {true, 1}};
    open_session(&prim_openssl);
    cf_effects_clear(&from_client);
    cf_seal_frame(&client.noise, &client_world, &f, &from_client);
    closes(cf_record(&from_client, 0), REQ_CF_$n, 1003, \"Reserved chunk id\");
}"
insert spec/profiles/confer/confer_server_test.c 'const struct CMUnitTest tests[] = {' \
    '        cmocka_unit_test(the_reserved_chunk_id_closes_with_its_own_reason),'
insert vectors/confer/confer_scenarios.c '{"ninth", "CF-058"' \
    "    {\"reserved\", \"CF-$n\", \"4242/0/1/whole\", NULL, \"chunk_id 4242\", \"one\"},
    {\"reserved-half\", \"CF-$n\", \"4242/0/2/first \", NULL, \"chunk_id 4242 in the first of two\", \"half\"},"
cat >"$work/sentence" <<END
spec/profiles/confer/confer.md
spec/profiles/confer/confer_frame.c
spec/profiles/confer/confer_server_test.c
vectors/confer/confer_scenarios.c
END

# ---- one chapter ----

mkdir "$copy/spec/toy" "$copy/vectors/toy"
cp "$here/recipe/toy.md" "$here/recipe/toy.h" "$here/recipe/toy.c" "$here/recipe/toy_test.c" "$copy/spec/toy"
cp "$here/recipe/toy_chapter.c" "$copy/vectors/toy"
insert CMakeLists.txt 'room(wire ' 'room(toy         IN spec/toy         SEES prim)'
insert vectors/chapters.def 'CHAPTER(wire)' 'CHAPTER(toy)'
# shellcheck disable=SC2016 # the backquotes are Markdown
insert vectors/format/README.md '| `wi.answer`' '| `ty.answer` | `message` | `answer`: one digit |'
cat >"$work/chapter" <<END
CMakeLists.txt
spec/toy/toy.c
spec/toy/toy.h
spec/toy/toy.md
spec/toy/toy_test.c
vectors/chapters.def
vectors/format/README.md
vectors/toy/toy_chapter.c
END

# ---- building, regenerating, proving ----

run 'configure' "$cmake" -G Ninja -S "$copy" -B "$copy/build/recipe" -DCMAKE_C_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS='-O1 -g0' \
    -DPARLEY_MUTANTS=ON
run 'build' "$cmake" --build "$copy/build/recipe" -j2 --target parley toy_test confer_server_test
cd "$copy"
parley=$copy/build/recipe/parley
run 'acknowledge' "$parley" spec lint --acknowledge
run 'vectors write' "$parley" vectors write
run 'test of the chapter' "$copy/build/recipe/toy_test"
run 'test of the outcome' "$copy/build/recipe/confer_server_test"
run 'lint' "$parley" spec lint
run 'vectors check' "$parley" vectors check
run 'audit' "$parley" audit
run 'mutants of toy' "$parley" mutants --quiet --area ty --out "$work/out"
run 'mutants of confer' "$parley" mutants --quiet --area cf --out "$work/out"

# ---- what it took ----

diff -rq "$tree" "$copy" -x build -x .git -x out -x parley-out -x installed -x node_modules >"$work/differs" || true
sed -n "s|^Files .* and $copy/\(.*\) differ$|\1|p; s|^Only in $copy/\{0,1\}\(.*\): \(.*\)$|\1/\2|p" "$work/differs" |
    while read -r path; do
        if [ -d "$path" ]; then find "$path" -type f; else echo "$path"; fi
    done | sort >"$work/touched"
sort -o "$work/sentence" "$work/sentence"
sort -o "$work/chapter" "$work/chapter"
sort "$work/sentence" "$work/chapter" | comm -23 "$work/touched" - >"$work/regenerated"
[ "$(sort "$work/sentence" "$work/chapter" | comm -13 "$work/touched" - | wc -l)" = 0 ] || fail "an edit is not in the copy"

report() { # WHAT FILE NOT-ITS-DATA: how many files by hand, how many regenerated
    said="$1: $(grep -c . "$2") files by hand, $(grep -cv "/data/$3\." "$work/regenerated") regenerated"
    echo "$said"
    grep -qF "$said" "$tree/CONTRIBUTING.md" || fail "CONTRIBUTING.md does not say: $said"
}
report 'A sentence' "$work/sentence" ty
report 'A chapter' "$work/chapter" cf
