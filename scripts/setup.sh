# What both setups do; sourced by setup_server.sh and setup_laptop.sh.

PYTHON=${PYTHON:-python3}
AS_ROOT=no
FAULTS=0 # what the set-up ends with
TORCH_INDEX=${TORCH_INDEX:-}
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '==> %s\n' "$*"; }
refuse() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 2; }

parse() {
  while (($#)); do
    case $1 in
      --install-system-packages) AS_ROOT=yes ;;
      --python) PYTHON=${2:?--python needs a program}; shift ;;
      --torch-index) TORCH_INDEX=${2:?--torch-index needs an address}; shift ;;
      -h | --help) sed -n '2,6{/^#/!d}; 2,6s/^# \{0,1\}//p' "scripts/$(basename "$0")"; exit 0 ;;
      *) refuse "unknown flag $1; --help tells those there are" ;;
    esac
    shift
  done
}

# system_packages PACKAGE…: what the system must have; installed only if asked to.
system_packages() {
  local missing=() package
  for package in "$@"; do present "$package" || missing+=("$package"); done
  if ((${#missing[@]})); then
    [ "$AS_ROOT" = yes ] || {
      [[ "${missing[*]}" == *-venv* ]] && refuse "missing: ${missing[*]}. Run again with" \
        "--install-system-packages, or: sudo apt-get install ${missing[*]}"
      say "Not here, and perhaps not needed: ${missing[*]}"
      return 0
    }
    say "Installing ${missing[*]} (sudo apt-get)"
    local sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
  fi
}

present() {
  case $1 in
    python3*-venv) has_pip || "$PYTHON" -c 'import ensurepip' 2>/dev/null ;;
    openssh-client) command -v ssh >/dev/null ;;
    openssh-server) [ -x /usr/sbin/sshd ] || command -v sshd >/dev/null ;;
  esac
}

has_pip() { .venv/bin/python -c 'import pip' 2>/dev/null; }

# The package with what makes environments for the Python that was asked for.
venv_package() {
  case $(basename "$PYTHON") in
    python3*) echo "$(basename "$PYTHON")-venv" ;;
    *) echo python3-venv ;;
  esac
}

# environment EXTRAS [FLAG…]: .venv with this project in the versions of constraints.txt; flags are pip's.
environment() {
  local extras=$1
  shift
  command -v "$PYTHON" >/dev/null || refuse "there is no $PYTHON; Python 3.11 or newer is needed"
  if ! has_pip; then # also where making it was broken off
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
      refuse "Python 3.11 or newer is needed; $PYTHON is older. Try: --python python3.12"
    say "Making .venv with $("$PYTHON" --version)"
    "$PYTHON" -m venv .venv || refuse "no virtual environment could be made, as said above"
  fi
  say "Installing hanabi-tui[$extras] into .venv, in the versions of constraints.txt (minutes, the first time)"
  PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 \
    .venv/bin/python -m pip install --quiet "$@" --editable ".[$extras]"
}

settings_file() {
  if [ -e distributed_config.toml ]; then
    say "distributed_config.toml is there, and stays as it is"
  else
    say "Copying docs/distributed_config.example.toml to distributed_config.toml: set gpu_host there"
    (umask 077 && cp docs/distributed_config.example.toml distributed_config.toml) # it may come to hold a token
  fi
}

check() {
  say "hanabi-tui doctor:"
  # a laptop that sleeps, or was stopped for an upgrade, is no reason not to say what comes next
  .venv/bin/hanabi-tui doctor || {
    say "Everything is installed; but mend what doctor says FAIL of before you train"
    FAULTS=1
  }
}
