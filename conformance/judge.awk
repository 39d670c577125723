# judge.awk SKIPS.TSV RESULT.xml...: what a run of all tests amounts to.
#
# Reads ctest's JUnit files, one per preset (named PRESET.xml), and holds the skipped tests against the list: a skip that is
# not listed is a failure, and so is a listed test that ran although its condition holds, or a row that names no test.
# -v held="no-data no-peers": the conditions that hold; -v label=L: only a part was run, so rows may name nothing.
# Prints one line per fault and per preset; the last line is "N passed, N failed, N skipped".
BEGIN {
    FS = "\t"
    n = split(held, words, " ")
    for (i = 1; i <= n; i++) holds[words[i]] = 1
}

FILENAME == ARGV[1] {
    if ($0 ~ /^#/ || $0 == "" || $1 == "test") next
    row[$1, $2] = $3
    if ($2 in holds) excused[$1] = $2
    conditions[$1] = conditions[$1] " " $2
    next
}

FNR == 1 {
    preset = FILENAME
    sub(/.*\//, "", preset)
    sub(/\.xml$/, "", preset)
    presets[++n_presets] = preset
}

function attribute(name,    s) {
    if (!match($0, "[ \t]" name "=\"[^\"]*\"")) return ""
    s = substr($0, RSTART, RLENGTH)
    sub(/^[^"]*"/, "", s)
    sub(/"$/, "", s)
    return s
}

function count(what) { total[what]++; per[preset, what]++ }
function fault(test, why) { print "FAIL " preset " " test ": " why; count("failed") }

function skipped(test) {
    seen[test] = 1
    if (test in excused)
        count("skipped")
    else if (test in conditions)
        fault(test, "skipped, though its condition in conformance/skips.tsv (" substr(conditions[test], 2) ") does not hold: find out what is missing")
    else
        fault(test, "skipped without a row in conformance/skips.tsv: make it run, or add the row with condition and reason")
}

function ran(test) {
    seen[test] = 1
    if (test in excused)
        fault(test, "ran, though conformance/skips.tsv lists it under " excused[test] ": remove the row")
    else
        count("passed")
}

/<testcase / {
    test = attribute("name")
    status = attribute("status")
    is_skipped = 0
    inner = ""
}
/<skipped/ { is_skipped = 1 }
# cmocka's own word for one function of a test that was skipped; its summary line has a count in that place.
/^\[  SKIPPED \] [A-Za-z_0-9]+$/ { name = $0; sub(/^\[  SKIPPED \] /, "", name); inner = inner " " name }
/^\[       OK \] [A-Za-z_0-9]+$/ {
    name = $0
    sub(/^\[       OK \] /, "", name)
    if ((test "/" name) in excused) ran(test "/" name)
}
/<\/testcase>/ {
    if (status == "fail") {
        seen[test] = 1
        fault(test, "failed")
    } else if (is_skipped || status == "notrun" && attribute("message") ~ /SKIP/) {
        skipped(test)
    } else if (status != "run") {
        seen[test] = 1
        fault(test, "did not run")
    } else {
        ran(test)
        n = split(inner, names, " ")
        split("", once)
        for (i = 1; i <= n; i++)
            if (!(names[i] in once)) { once[names[i]] = 1; skipped(test "/" names[i]) }
    }
}

END {
    preset = "list"
    if (label == "")
        for (pair in row) {
            split(pair, key, SUBSEP)
            if (!(key[1] in seen) && !(index(key[1], "/") && !(key[2] in holds)))
                fault(key[1], "named in conformance/skips.tsv, but there is no such test: remove the row")
        }
    for (i = 1; i <= n_presets; i++)
        printf "%-8s %d passed, %d failed, %d skipped\n", presets[i], per[presets[i], "passed"], per[presets[i], "failed"], per[presets[i], "skipped"]
    printf "%d passed, %d failed, %d skipped\n", total["passed"], total["failed"], total["skipped"]
    exit total["failed"] > 0 || total["passed"] == 0
}
