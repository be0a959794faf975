"""Hosts of ~/.ssh/config, as ssh understands it."""

from pathlib import Path

from hanabi_tui.console.ssh_hosts import Host, read_hosts


def test_hosts_are_read_with_address_user_and_port(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        """
# a comment
Host laptop "the other" *.lan !bad
    HostName 10.0.0.5   # behind the router
    user=ann
    Port = 2222
    HostName 10.0.0.6
Match user bob
    HostName nowhere
HOST desk
    HostName %h.example.org
Host laptop
    User later
Host *
    User anybody
"""
    )
    found = read_hosts(str(config))
    assert found.wrong == ()
    assert found.hosts == (
        Host("laptop", "10.0.0.5", "ann", 2222),
        Host("the other", "10.0.0.5", "ann", 2222),
        Host("desk", "desk.example.org"),
    )
    assert [str(host) for host in found.hosts] == [
        "ann@10.0.0.5:2222",
        "ann@10.0.0.5:2222",
        "desk.example.org",
    ]


def test_includes_are_followed_and_loops_end(tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    (tmp_path / "config").write_text("Include more/*.conf nothing-*\nHost last\n")
    (folder / "a.conf").write_text("Host first\n")
    (folder / "b.conf").write_text(f"Host second\nInclude {tmp_path}/config\n")
    names = [host.name for host in read_hosts(str(tmp_path / "config")).hosts]
    assert sorted(names) == ["first", "last", "second"]


def test_what_cannot_be_read_is_said_and_the_rest_is_used(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_bytes(b'Host a\n  User "open\nPort x\nHost b\xff\nInclude\nHostName\nInclude /\n')
    found = read_hosts(str(config))
    assert found.hosts[0].name == "a"
    assert "line 2" in found.wrong[0]
    assert "is not there" in read_hosts(str(tmp_path / "none")).wrong[0]
    assert read_hosts("none").hosts == ()


def test_the_users_own_config_is_read_where_none_is_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_hosts() == read_hosts("none")
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text("Include mine\n")
    (tmp_path / ".ssh" / "mine").write_text("Host laptop\n")
    assert [host.name for host in read_hosts().hosts] == ["laptop"]


def test_a_file_of_a_user_that_there_is_not_is_passed_over(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("Include ~nobody-of-that-name/config\nHost desk\n")
    assert [host.name for host in read_hosts(str(config)).hosts] == ["desk"]
