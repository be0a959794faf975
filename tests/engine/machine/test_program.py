"""Which program this is, read off the files of a checkout."""

import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from engine.machine import program
from engine.machine.program import commit

A, B = "a" * 40, "0123456789abcdef" * 4


@pytest.fixture
def git(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / ".git"
    (folder / "refs/heads/topic").mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/topic/one\n")
    return folder


def test_a_branch_has_a_file_of_its_own_or_stands_among_the_packed(git: Path) -> None:
    (git / "packed-refs").write_text(
        f"# pack-refs with: peeled fully-peeled sorted\n{B} refs/heads/topic/one\n^{A}\n"
    )
    assert commit(git.parent) == B
    (git / "refs/heads/topic/one").write_text(f"{A}\n")
    assert commit(git.parent) == A


def test_a_commit_may_be_checked_out_without_a_branch(git: Path) -> None:
    (git / "HEAD").write_text(f"{B}\n")
    assert commit(git.parent) == B


@pytest.mark.parametrize("relative", [True, False])
def test_a_worktree_points_to_its_checkout(git: Path, tmp_path: Path, relative: bool) -> None:
    worktree, own = tmp_path / "worktree", git / "worktrees/worktree"
    for folder in (worktree, own):
        folder.mkdir(parents=True)
    (worktree / ".git").write_text(f"gitdir: {'../project/.git/worktrees/worktree' if relative else own}\n")
    (own / "commondir").write_text("../..\n")
    (own / "HEAD").write_text("ref: refs/heads/topic/one\n")
    (git / "HEAD").write_text(f"{B}\n")
    (git / "refs/heads/topic/one").write_text(f"{A}\n")
    assert commit(worktree) == A


@pytest.mark.parametrize(
    "head", ["", "ref: refs/heads/none", "ref: HEAD", "ref: ../../..", "\xff", "a1", f"{A}\n{A}"]
)
def test_what_cannot_be_read_is_no_commit(git: Path, head: str) -> None:
    (git / "HEAD").write_bytes(head.encode("latin-1"))
    assert commit(git.parent) == ""


def test_without_a_checkout_there_is_no_commit(tmp_path: Path) -> None:
    assert commit(tmp_path) == ""
    (tmp_path / ".git").write_text("nonsense")
    assert commit(tmp_path) == ""


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_git_says_the_same(tmp_path: Path) -> None:
    def typed(*words: str) -> str:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    typed("init", "-q")
    typed("commit", "-q", "--allow-empty", "-m", "first")
    typed("worktree", "add", "-q", "-b", "other", "beside")
    typed("-C", "beside", "commit", "-q", "--allow-empty", "-m", "second")
    heads = [typed("rev-parse", "HEAD"), typed("-C", "beside", "rev-parse", "HEAD")]
    assert heads[0] != heads[1]
    assert [commit(tmp_path), commit(tmp_path / "beside")] == heads
    typed("pack-refs", "--all")
    assert [commit(tmp_path), commit(tmp_path / "beside")] == heads


def test_versions_are_those_that_are_installed() -> None:
    found = program.program()
    assert (found.version, found.torch, found.numpy) == tuple(map(version, ("hanabi-tui", "torch", "numpy")))
