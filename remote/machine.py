"""Another machine, as it is named to be reached by SSH, and what a person types to have it let us in."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remote.errors import SshError
from remote.target import target_of

USER_CONFIG = Path("~/.ssh/config")
KNOWN_HOSTS = Path("~/.ssh/known_hosts")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Another machine; what is empty is as `~/.ssh/config` and ssh have it."""

    host: str
    port: int = 0
    user: str = ""
    key: str = ""  # file of the private key
    known_hosts: str = ""  # file
    config: str = ""  # file; "none": no file at all
    dialled: bool = False  # named by the flags of hanabi-gpu --dial; else by a run's settings

    def __str__(self) -> str:
        return target_of(self.user, self.host, self.port)

    @property
    def trusting(self) -> str:
        """The command by which a person accepts this machine's key, where this side looks for it."""
        if self.dialled:  # hanabi-tui need not be there, and ssh asks by itself
            words = [*self._ssh("ssh"), "true"]
        else:
            words = ["hanabi-tui", "trust", str(self)]
            words += ["--known-hosts", self.known_hosts] if self.known_hosts else []
            words += ["--ssh-config", self.config] if self.config else []
        return shlex.join(words)

    @property
    def letting_in(self) -> str:
        """What a person does to have this machine let us in."""
        named = "--dial USER@SERVER and --dial-key" if self.dialled else "gpu_user and gpu_key"
        copying = shlex.join(self._ssh("ssh-copy-id"))
        return f"Set {named}, or ~/.ssh/config, and put the public key there: {copying}"

    def _ssh(self, program: str) -> list[str]:
        """The words by which one of ssh's programs reaches it."""
        words = [program, *(["-p", str(self.port)] if self.port else [])]
        file = f'"{self.known_hosts}"' if " " in self.known_hosts else self.known_hosts  # else it is two
        words += ["-o", f"UserKnownHostsFile={file}"] if file else []
        words += ["-i", str(Path(self.key).expanduser())] if self.key else []
        return [*words, f"{self.user}@{self.host}" if self.user else self.host]  # these want no brackets

    @property
    def key_setting(self) -> str:
        """What names the key."""
        return "--dial-key" if self.dialled else "gpu_key"

    @property
    def known_hosts_file(self) -> Path:
        """Where accepted keys are written."""
        return Path(self.known_hosts or KNOWN_HOSTS).expanduser()

    def forgetting(self, entry: str) -> str:
        """The command that forgets what was accepted for an entry of the known hosts."""
        return shlex.join(["ssh-keygen", "-f", str(self.known_hosts_file), "-R", entry])

    def options(self) -> dict[str, Any]:
        """What asyncssh is to be told. Raises SshError where the config or key that is named is not there."""
        told: dict[str, Any] = {"host": self.host}
        if self.port:
            told["port"] = self.port
        if self.user:
            told["username"] = self.user
        if self.key:
            # nor keys of an agent, which would come first: a machine hears only so many
            told |= {"client_keys": [str(self._key_file())], "agent_path": None, "agent_identities": None}
        config = Path(self.config or USER_CONFIG).expanduser()
        if self.config not in ("", "none") and not config.is_file():
            raise SshError(f"ssh_config = {self.config}: there is no such file; none: use no file at all")
        told["config"] = [str(config)] if self.config != "none" and config.exists() else None
        return told

    def _key_file(self) -> Path:
        file = Path(self.key).expanduser()
        try:
            file.open("rb").close()
        except OSError as error:
            raise SshError(
                f"{self.key_setting} = {self.key}: {error.strerror}; it names the file of a private key"
            ) from None
        return file
