# Sourced by deploy/setup/system and deploy/setup/venv: which Python builds .venv.

# Prints the first Python 3.11 to 3.13 (CPython, 64-bit) on this machine; fails when there is none.
find_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        if "$candidate" - >/dev/null 2>&1 <<'PY'; then
import sys
ok = (3, 11) <= sys.version_info < (3, 14) and sys.implementation.name == "cpython" and sys.maxsize > 2**32
sys.exit(0 if ok else 1)
PY
            "$candidate" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    return 1
}

# Whether the Python given can make a virtual environment (Debian splits that off into python3-venv).
can_make_venv() {
    "$1" -c 'import venv, ensurepip' >/dev/null 2>&1
}
