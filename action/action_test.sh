#!/bin/sh
# action_test.sh PARLEY SCRATCH: the scripts of the gate with a forge's environment. Each way of not being whole is red, for its own reason.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
PARLEY=$1 work=$2
export PARLEY
failed=0
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1

forge() { # FOLDER SCRIPT...: as a job of GitHub sees it; what it says goes to FOLDER.log
    folder=$1
    shift
    : >"$folder.summary"
    GITHUB_ACTIONS=true GITHUB_SHA=0123456789abcdef0123456789abcdef01234567 GITHUB_STEP_SUMMARY=$folder.summary \
        GITHUB_OUTPUT=$folder.output PARLEY_OUT=$folder sh "$@" >"$folder.log" 2>&1
}

shard() { PARLEY_SHARD=$2 PARLEY_TEST=$3 forge "$1" "$here/run.sh"; } # FOLDER I/N ARGUMENTS

expect() { # WHAT CODE WORDS FOLDER COMMAND...
    what=$1 want=$2 words=$3 folder=$4
    shift 4
    "$@"
    got=$?
    if [ $got = "$want" ] && grep -qF -- "$words" "$folder.log"; then
        echo "ok      $what: exit $got"
    else
        echo "FAILED  $what: exit $got instead of $want, or nothing says \"$words\":"
        tail -n 5 "$folder.log" | cut -c 1-300
        failed=$((failed + 1))
    fi
}

copy() { rm -rf "$1" && mkdir -p "$1" && cp -r one two three "$1/"; } # the three good shards, to be spoilt
merge() { forge "$1.whole" "$here/merge.sh" "$1"; }
good="client
--exec
'$PARLEY' chat {url} --pack {pack} --say {prompt}
--case
cf.client.frame.*"
sloppy="client
--exec
'$work/sloppy' {url} {pack} {prompt}
--case
cf.client.frame.*"
# A client that never says that it refused.
printf '#!/bin/sh\n"%s" chat "$1" --pack "$2" --say "$3"\nexit 0\n' "$PARLEY" >sloppy && chmod +x sloppy

for n in one:1 two:2 three:3; do
    expect "shard ${n#*:} of 3" 0 '::notice title=parley::' ${n%:*} shard ${n%:*} "${n#*:}/3" "$good"
done
copy good
expect 'all shards' 0 '::notice title=parley::' good.whole merge good
grep -q '^exit-code=0$' good.whole.output && grep -q '^# ' good.whole.summary && [ -s good.whole/report.html ] && [ -s good.whole/junit.xml ] &&
    [ -s good.whole/report.sarif ] || { echo 'FAILED  summary, output or artefact is missing'; failed=1; }

expect 'a target that fails' 1 '::error title=FAIL ' bad shard bad 1/1 "$sloppy"
[ "$(grep -c '^::error' bad.log)" -le 10 ] || { echo 'FAILED  more annotations than a forge shows'; failed=1; }
sed -n '/^::stop-commands::/,/^::parley-/p' bad.log | grep -q '^FAIL ' || { echo 'FAILED  what the target says is not quoted'; failed=1; }

copy skipped && rm -r skipped/two
expect 'a skipped shard' 70 'shard 2 of 3 is missing' skipped.whole merge skipped
copy doubled && cp -r doubled/two doubled/again
expect 'a doubled shard' 70 'shard 2 of 3 is there twice' doubled.whole merge doubled
copy cancelled && rm cancelled/three/results.json
expect 'a job that was cancelled before its results' 70 'shard 3 of 3 is missing' cancelled.whole merge cancelled
copy cut && sed -i 's/^"planned":\([0-9]*\)/"planned":9\1/' cut/one/results.json
sum=$(sha256sum <cut/one/results.json | cut -d ' ' -f 1) && sed -i "s/^\"results\":.*/\"results\":\"$sum\"}/" cut/one/env.json
expect 'a job that was cancelled in the middle' 70 'shard 1 of 3 was cut short' cut.whole merge cut
copy doctored && sed -i 's/"PASS":\([0-9]*\)/"PASS":9\1/' doctored/two/results.json
expect 'a doctored result' 70 'two/results.json was changed after its run' doctored.whole merge doctored
copy unsigned && rm unsigned/one/env.json
expect 'a result without its facts' 70 'there is no env.json beside it' unsigned.whole merge unsigned
copy foreign && GITHUB_RUN=x PARLEY_SEED=00 shard foreign/two 2/3 "$good"
expect 'a shard of another run' 64 'not shards of one run: `seed`' foreign.whole merge foreign
mkdir emptied
expect 'an emptied folder' 70 'there are no results under' emptied.whole merge emptied
expect 'no folder' 70 'there is no folder' nowhere.whole merge nowhere
expect 'a mistyped glob' 64 "no case at this door that is selected is called like 'cf.client.farme.*'" glob shard glob 1/1 "client
--exec
true
--case
cf.client.farme.*"
expect 'no arguments' 64 'PARLEY_TEST is empty' nothing shard nothing 1/1 ''

# A baseline may shrink in a merge request, and not grow.
git init -q repo && cd repo && git config user.email a@b.invalid && git config user.name a || exit 1
"$PARLEY" test client --exec "'$work/sloppy' {url} {pack} {prompt}" --case 'cf.client.frame.*' --seed 00 --baseline "$work/all.tsv" --baseline-write --quiet --out "$work/base" >/dev/null 2>&1
sed -i 's/\t\t\([0-9-]*\)$/\tacme#1\t\1/' "$work/all.tsv"
head -n 2 "$work/all.tsv" >parley.baseline && git add . && git commit -qm one && git update-ref refs/remotes/origin/main HEAD
based() { GITHUB_BASE_REF=$2 PARLEY_BASELINE=parley.baseline shard "$1" 1/1 "$sloppy"; } # FOLDER BRANCH
expect 'the baseline of the target branch' 1 '::error title=FAIL ' "$work/same" based "$work/same" main
cp "$work/all.tsv" parley.baseline
expect 'a raised baseline' 2 'the baseline was raised' "$work/raised" based "$work/raised" main
expect 'a target branch that was not fetched' 70 'was not fetched' "$work/unfetched" based "$work/unfetched" other
git add . && git commit -qm two && git update-ref refs/remotes/origin/main HEAD
expect 'a baseline that excuses everything' 0 '::notice' "$work/excused" based "$work/excused" main
cd "$work" || exit 1

# Another forge: no commands in the log, the same verdicts.
CI_COMMIT_SHA=00ff PARLEY_OUT=lab PARLEY_SHARD=1/1 PARLEY_TEST=$good sh "$here/run.sh" >lab.log 2>&1 || { echo 'FAILED  GitLab'; failed=1; }
! grep -q '^::' lab.log || { echo 'FAILED  commands of another forge in the log'; failed=1; }

# The commands of the Kubernetes example, as they stand there.
commands() { awk '/- \|$/ { on = 1; next } on && /^              / { print substr($0, 15); next } on { on = 0; print "---" }' "$here/examples/kubernetes.yaml" |
    sed "s#/usr/share/parley/action#$here#" | awk -v part="$1" 'BEGIN { n = 1 } /^---$/ { n++; next } n == part'; }
for pod in 0 1; do
    JOB_COMPLETION_INDEX=$pod SHARDS=2 PARLEY_SEED=2a RESULTS=$work/k8s PARLEY_TEST=$good sh -c "$(commands 1)" >"pod$pod.log" 2>&1 ||
        { echo "FAILED  pod $pod"; tail -n 3 "pod$pod.log"; failed=1; }
done
RESULTS=$work/k8s sh -c "$(commands 2)" >k8s.log 2>&1 || { echo 'FAILED  the merge of the pods'; tail -n 3 k8s.log; failed=1; }
[ -s k8s/whole/results.json ] || failed=1
exit $failed
