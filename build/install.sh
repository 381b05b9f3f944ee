# Shell functions of run.sh and test.sh; to be sourced.

# install_packages PACKAGE...: installs Debian packages. Where that cannot be done it says why in one line and returns 1.
install_packages() {
    local sudo=()
    if ! command -v apt-get >/dev/null; then
        echo "There is no apt-get to install $* with." >&2
        return 1
    fi
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            echo "Only root can install $*, and there is no sudo." >&2
            return 1
        fi
        sudo=(sudo)
        # Nobody is there to type a password.
        [[ -t 0 ]] || sudo=(sudo -n)
    fi
    echo "Installing $* ..."
    local log
    log=$("${sudo[@]}" apt-get update -qq 2>&1 &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" 2>&1) && return
    echo "$* could not be installed: $(tail -n 1 <<<"$log")" >&2
    return 1
}
