# Sourced by the install scripts: Debian packages, in one call and only if something is missing.

# need_packages NAME...: installs what dpkg does not have; 77 if that takes rights we were not given.
need_packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || { echo "these packages are missing and this is no Debian:$missing" >&2; exit 77; }
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || { echo "run once as root: apt-get install$missing" >&2; exit 77; }
        as_root=sudo
    fi
    # Word splitting is meant: a list of package names.
    # shellcheck disable=SC2086
    $as_root apt-get install -y --no-install-recommends $missing >&2 ||
        { $as_root apt-get update >&2 && $as_root apt-get install -y --no-install-recommends $missing >&2; }
}

# say_licences NAME...: where each package's licence stands, before anything runs it.
say_licences() {
    for package in "$@"; do
        printf '%s %s, licence: /usr/share/doc/%s/copyright\n' \
            "$package" "$(dpkg-query -W -f '${Version}' "$package")" "$package"
    done
}
