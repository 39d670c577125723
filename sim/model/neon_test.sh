#!/bin/sh
# The NEON kernel under an emulator: every stage against the scalar one, then a short training run and all logits of the models, digest for
# digest as this machine has them. Skipped (77) where there is no cross compiler or no emulator; nothing installs them.
#   neon_test.sh NEON-DIGEST FOLDER [MODEL-FILE...]   (NEON-DIGEST: neon/neon_digest.c built for this machine)
set -u
native=$1 folder=$2
shift 2
room=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
spec=$room/../../spec
cross=aarch64-linux-gnu-gcc

lacks() { echo "$1; on Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user"; exit 77; }
command -v $cross >/dev/null || lacks "there is no $cross"
command -v qemu-aarch64 >/dev/null || lacks "there is no qemu-aarch64"
echo '#include <stdlib.h>' | $cross -E - >/dev/null 2>&1 || lacks "$cross has no C library"
mkdir -p "$folder" || exit 1

build() { # OUT SOURCE...
    out=$folder/$1
    shift
    $cross -static -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Wno-psabi -ffp-contract=off \
        -iquote "$room" -iquote "$room/train" -iquote "$spec/base" -iquote "$spec/prim" -I "$room/neon" "$@" -o "$out" -lm -pthread || exit 1
}

build stages "$room/model_kernel_test.c" "$room/model_kernel.c" "$room/model_kernel_scalar.c" "$room/model_kernel_neon.c"
qemu-aarch64 "$folder/stages" || exit 1

of_model() { for stem; do echo "$room/model_$stem.c"; done; }
of_training() { for stem; do echo "$room/train/model_$stem.c"; done; }
# shellcheck disable=SC2046 # file names of ours, without blanks
build neon_digest "$room/neon/neon_digest.c" $(of_model kernel kernel_scalar kernel_neon engine file bpe chat) \
    $(of_training export train net muon loops loops_base corpus words) \
    "$spec/base/bytes.c" "$spec/base/utf8.c"
here=$folder/here there=$folder/there
"$native" "$@" >"$here" 2>"$folder/kernels-here" || { cat "$here"; exit 1; }
qemu-aarch64 "$folder/neon_digest" "$@" >"$there" 2>"$folder/kernels" || { cat "$there"; exit 1; }
grep -qx neon "$folder/kernels" || { echo "the NEON kernel did not run"; exit 1; }
cat "$there"
cmp "$here" "$there"
