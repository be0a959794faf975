"""What `hanabi-tui conventions --json` counted, as matrices to look at and sentences to read."""

from collections.abc import Sequence
from math import sqrt

import msgspec

from hanabi_tui.commands.heat import ANY, RARE, difference_ground, ground
from hanabi_tui.console.widgets.heatmap import Field, Matrix


class Move(msgspec.Struct, frozen=True):
    """A move: above its column, before its row, and as parts of a sentence."""

    label: str
    row: str
    after: str
    then: str


class Counted(msgspec.Struct, frozen=True):
    """The conventions of one player; M moves has the game.

    Attributes:
      agent: whose they are.
      made: [M] how often each move was made.
      answered: [M, M] how often it (row) was followed by a move (column).
      marginal: [M] share of each move, whatever came before.
      conditional: [M, M] share of each answer; None where the move was never answered.
    """

    agent: str
    variant: str
    players: int
    games: int
    moves: list[Move]
    made: list[int]
    answered: list[list[int]]
    marginal: list[float]
    conditional: list[list[float | None]]

    @property
    def shares(self) -> Sequence[Sequence[float | None]]:
        """[M + 1, M]: the conditional ones, and below them the marginal ones."""
        return [*self.conditional, self.marginal]


def counted(text: str) -> Counted:
    """What the command printed. Raises msgspec.MsgspecError for anything else."""
    return msgspec.json.decode(text, type=Counted)


def shares(found: Counted) -> Matrix:
    """What follows each move, in %."""
    return _matrix(found, [[_share(share) for share in row] for row in found.shares])


def differences(one: Counted, other: Counted) -> Matrix:
    """What one does more (+) or less (−) often than another, in points of %."""
    rows = zip(one.shares, other.shares, strict=True)
    return _matrix(one, [[_difference(*pair) for pair in zip(*row, strict=True)] for row in rows])


def reading(found: Counted, row: int, column: int) -> str:
    """A field in words."""
    then = found.moves[column].then
    if row == len(found.moves):
        return (
            f"Whatever came before, a player {then} {_of(found.marginal[column], sum(found.made))}.".replace(
                "cases", "moves"
            )
        )
    after, times = found.moves[row].after, sum(found.answered[row])
    share = found.conditional[row][column]
    if share is None:
        never = "was never answered" if found.made[row] else "never happened"
        return f"{_upper(after)} {never} in {found.games:,} games."
    return f"After {after} the next player {then} {_of(share, times)}."


def comparison(one: Counted, other: Counted, row: int, column: int) -> str:
    """A field of `differences` in words."""
    shares = one.shares[row][column], other.shares[row][column]
    first = reading(one, row, column)
    if None in shares:
        return f"{one.agent}: {first} {other.agent}: {reading(other, row, column)}"
    times = sum(other.made) if row == len(other.moves) else sum(other.answered[row])
    difference = 100 * ((shares[0] or 0.0) - (shares[1] or 0.0))
    much = f"{abs(difference):.1f} points {'more' if difference > 0 else 'less'}"
    return f"{first[:-1]}; {other.agent} does {_of(shares[1] or 0.0, times)}: {much}."


def _matrix(found: Counted, fields: Sequence[Sequence[Field]]) -> Matrix:
    names = [move.row for move in found.moves]
    return Matrix([*names, ANY], [move.label for move in found.moves], fields)


def _share(share: float | None) -> Field:
    if share is None:
        return Field()
    if share < RARE:
        return Field("0" if share else "·")
    return Field(f"{100 * share:.0f}", sqrt(share), ground(share))


def _difference(one: float | None, other: float | None) -> Field:
    if one is None or other is None:
        return Field()
    difference = one - other
    if abs(difference) < RARE:
        return Field("·" if one == other else "0")
    return Field(f"{100 * difference:+.0f}".replace("-", "−"), 0.0, difference_ground(difference))


def _of(share: float, times: int) -> str:
    percent = 100 * share
    exact = 0 < percent < 10 or 90 < percent < 100
    cases = "1 case" if times == 1 else f"{times:,} cases"
    return f"in {percent:.1f} % of {cases}" if exact else f"in {percent:.0f} % of {cases}"


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
