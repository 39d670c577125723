# Sourced by the install scripts of peers that come from npm, with `here` set to the peer's folder.
. "$here/../apt.sh"

# npm_peer NAME NODE LICENCES: says the licences, then installs what the folder's package-lock.json names into installed/NAME.
npm_peer() {
    command -v node >/dev/null || need_packages nodejs npm
    command -v npm >/dev/null || need_packages npm
    major=$(node -p 'process.versions.node.split(".")[0]')
    [ "$major" -ge "$2" ] || { echo "$1 needs Node $2 or later, this is $(node --version)" >&2; exit 77; }
    echo "$3"
    target=$here/../installed/$1
    if [ -d "$target/node_modules" ] && cmp -s "$here/package-lock.json" "$target/package-lock.json"; then
        echo "$1 is up to date"
        return 0
    fi
    new=$here/../installed/.new-$1
    rm -rf "$new"
    mkdir -p "$new"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$new/"
    (cd "$new" && npm ci --ignore-scripts --no-audit --no-fund >&2)
    # A folder of the final name is there only when it is complete.
    rm -rf "$target"
    mv "$new" "$target"
    echo "$1 is installed"
}
