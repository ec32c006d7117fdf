# Read by ./run and ./test, with $here set. `set_up run|test` makes .venv fit, or says why it cannot and exits 1.

set_up() {
    # the usual case: everything stands
    if "$here/.venv/bin/python" -E -s "$here/requirements/set_up.py" check "$1" 2>/dev/null; then
        return
    fi
    found=
    # the Python that .venv has already; else 3.11 first, the version everything is proved on
    for name in "$here/.venv/bin/python" python3.11 python3.12 python3.13 python3; do
        version=$("$name" -E -s -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        case $version in
        3.11 | 3.12 | 3.13) ;;
        *) found="$found $version" && continue ;;
        esac
        if ! "$name" -E -s -c 'import ensurepip, venv' 2>/dev/null; then
            lacks_venv=$version
            continue
        fi
        "$name" -E -s "$here/requirements/set_up.py" install "$1" || exit 1
        return
    done
    if [ -n "${lacks_venv-}" ]; then
        echo "Python $lacks_venv cannot make virtual environments here: apt install python3-venv (as root), then start again." >&2
    else
        echo "loyalty needs Python 3.11, 3.12 or 3.13, and found${found:- none}: apt install python3 python3-venv (as root, Debian 12 or newer), then start again." >&2
    fi
    exit 1
}
