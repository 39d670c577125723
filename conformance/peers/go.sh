# Sourced by the install scripts of the Go peers: Debian's library packages, built without modules and without a network.

. "$here/../apt.sh"

# go_program: a Go compiler of 1.19 or later, the one in PATH before Debian's.
go_program() {
    for candidate in "$(command -v go)" /usr/local/go/bin/go /usr/lib/go/bin/go; do
        [ -x "$candidate" ] || continue
        minor=$("$candidate" version | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p')
        [ "${minor:-0}" -ge 19 ] && { echo "$candidate"; return 0; }
    done
    return 1
}

# up_to_date PROGRAM FOLDER...: the program is there and nothing that it is made of is newer.
up_to_date() {
    program=$1
    shift
    [ -x "$program" ] && [ -z "$(find "$@" -newer "$program" -type f)" ]
}

# go_build NAME PACKAGE...: builds this folder into installed/NAME/NAME.
go_build() {
    name=$1
    shift
    target=$here/../installed/$name
    packages=$*
    go=$(go_program) || packages="$packages golang-go"
    # Word splitting is meant here and below: lists of package names.
    # shellcheck disable=SC2086
    need_packages $packages
    # shellcheck disable=SC2086
    say_licences $packages
    go=$(go_program) || { echo "no Go of 1.19 or later" >&2; exit 77; }
    if up_to_date "$target/$name" "$here" "$here/../go-confer" "$here/../go.sh"; then
        echo "$name is up to date"
        return 0
    fi
    new=$here/../installed/.new-$name
    rm -rf "$new"
    mkdir -p "$new"
    noise=$(dpkg-query -W -f '${Version}' golang-github-flynn-noise-dev | sed 's/-[^-]*$//')
    [ -n "${HOME:-}${GOCACHE:-}${XDG_CACHE_HOME:-}" ] || export GOCACHE="$here/../installed/.cache"
    # No C compiler and no module download takes part, whatever the user's own settings say.
    (cd "$here" && GO111MODULE=off GOFLAGS='' GOPROXY=off GOTOOLCHAIN=local GOPATH=/usr/share/gocode CGO_ENABLED=0 \
        "$go" build -ldflags "-X main.version=$noise" -o "$new/$name" .)
    # A folder of the final name is there only when it is complete.
    rm -rf "$target"
    mv "$new" "$target"
    echo "$name is installed"
}
