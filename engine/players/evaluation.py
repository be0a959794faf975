"""How well players play: many games on fresh decks, and the marks by which Hanabi players are compared."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import AgentError, EngineError
from engine.game import chance, rules
from engine.game.games import PASS, Games
from engine.game.variants import Variant
from engine.players.agents import Agent, Moves
from engine.records.recording import Recording

BATCH = 2048
"""Games side by side."""

Maker = Callable[[Games], Agent]
"""What makes an agent for the games it shall play."""

Seen = Callable[[Games, Sequence[NDArray[np.int8]]], None]
"""What may look at each batch when it is over: at its games, and the moves of every turn (int8[G])."""


@dataclass(frozen=True)
class Evaluation:
    """The outcome of K finished games of one variant."""

    variant: Variant
    points: NDArray[np.int64]  # [K] cards on the stacks at the end
    struck_out: NDArray[np.bool_]  # [K] the last life was lost

    @property
    def games(self) -> int:
        """How many games were played."""
        return len(self.points)

    def scores(self, *, strict: bool = True) -> NDArray[np.int64]:
        """int64[K]: final scores, 0 for a game struck out (strict), or its points kept."""
        return np.where(self.struck_out, 0, self.points) if strict else self.points

    def mean(self, *, strict: bool = True) -> float:
        """Mean score."""
        return float(self.scores(strict=strict).mean())

    def standard_error(self, *, strict: bool = True) -> float:
        """Standard error of the mean score; nan for a single game."""
        return float(standard_error(self.scores(strict=strict)))

    @property
    def perfect(self) -> float:
        """Share of perfect games, 0..1."""
        return float((self.scores() == self.variant.max_score).mean())

    @property
    def strike_outs(self) -> float:
        """Share of games that lost the last life, 0..1."""
        return float(self.struck_out.mean())


def standard_error(scores: NDArray[Any]) -> NDArray[np.float64]:
    """float64[…]: standard errors of the means of scores, number[…, K]; nan for K = 1."""
    count = scores.shape[-1]
    if count < 2:
        return np.full(scores.shape[:-1], np.nan)
    return np.asarray(scores.std(axis=-1, ddof=1) / np.sqrt(count))


def seat(makers: Sequence[Maker], games: Games) -> list[Agent]:
    """The agents that makers make for some games; the same maker twice gives the same agent twice."""
    made = {make: make(games) for make in dict.fromkeys(makers)}
    return [made[make] for make in makers]


def _each(agents: Sequence[Agent]) -> list[Agent]:
    """Each agent once, whatever it calls equal: a dataclass cannot be hashed, and is no other one's twin."""
    return list({id(agent): agent for agent in agents}.values())


def choose(agents: Sequence[Agent], games: Games, stream: chance.Stream) -> Moves:
    """int64[G]: each game's move, asked of the agent in the seat to move; one agent may fill all seats."""
    if len(agents) == 1:
        return agents[0].act(games, stream)
    moves = np.full(len(games), PASS, dtype=np.int64)
    for agent in _each(agents):
        seats = [seat for seat, other in enumerate(agents) if other is agent]
        mine = np.isin(games.to_move, seats) & ~games.over
        if mine.any():
            moves[mine] = agent.act(games, stream)[mine]
    return moves


def chosen(games: Games, agents: Sequence[Agent], stream: chance.Stream) -> Moves:
    """int64[G]: as `choose`, once it is clear that all of it can be done.

    Raises AgentError where an agent passes in a game that runs; IllegalMoveError, ShapeError: what it chose
    cannot be done.
    """
    moves = games.checked(choose(agents, games, stream))
    idle = (moves == PASS) & ~games.over
    if idle.any():
        game = int(idle.argmax())
        seat = int(games.to_move[game])
        who = type(agents[seat % len(agents)]).__name__
        raise AgentError(f"game {game}: {who} in seat {seat} passed; a player must move")
    return moves


def play(games: Games, agents: Sequence[Agent], stream: chance.Stream) -> Iterator[Moves]:
    """Play every game to its end, turn by turn.

    Args:
      games: freshly dealt.
      agents: one for all seats, or one a seat, as many as the largest of the games has.
      stream: for agents that draw lots.

    Yields:
      int64[G] the moves just made, PASS where a game was over.

    Raises:
      AgentError: a number of agents that does not fit.
      AgentError, IllegalMoveError, ShapeError: as `chosen`. Nobody has seen the move, no game changed.
    """
    largest = max(games.kinds, key=lambda variant: variant.players)
    if len(agents) not in (1, largest.players):
        raise AgentError(f"{len(agents)} agents for {largest}: give one for all seats, or one a seat")
    everyone = _each(agents)
    for agent in everyone:
        agent.begin(games, np.arange(len(games)))
    while not games.over.all():
        moves = chosen(games, agents, stream)
        for agent in everyone:
            agent.watch(games, moves)
        games.step(moves)
        yield moves


def batches(
    makers: Sequence[Maker],
    variant: Variant,
    count: int,
    seed: int,
    told: Callable[[int], None] | None = None,
) -> Iterator[tuple[Games, Iterator[Moves]]]:
    """Play `count` games of a variant on the decks of a seed, BATCH of them side by side.

    Args:
      makers: one agent for all seats, or one a seat; seats of the same maker share an agent.
      variant: what is played.
      count: K, at least 1.
      seed: decides decks and lots; the same seed gives the same decks to every player.
      told: called after every turn with the number of games that are over.

    Yields:
      Each batch, freshly dealt, and the turns that play it, as `play` yields them; before the next batch is
      asked for, they are to be gone through.

    Raises EngineError for no games, AgentError for an agent that cannot play the variant.
    """
    if count < 1:
        raise EngineError(f"games = {count}: at least 1 is needed")
    decks, lots = chance.stream(seed, 0), chance.stream(seed, 1)

    def turns(games: Games, start: int) -> Iterator[Moves]:
        for moves in play(games, seat(makers, games), lots):
            yield moves
            if told is not None:
                told(start + int(games.over.sum()))

    for start in range(0, count, BATCH):
        games = Games.shuffled([variant] * min(BATCH, count - start), decks)
        yield games, turns(games, start)


def evaluate(
    makers: Sequence[Maker],
    variant: Variant,
    count: int,
    seed: int,
    told: Callable[[int], None] | None = None,
    seen: Seen | None = None,
) -> Evaluation:
    """Play `count` games of a variant, and count their points: all as in `batches`, with its errors.

    `seen` is called after every batch of games.
    """
    points, struck_out = [], []
    for games, turns in batches(makers, variant, count, seed, told):
        made = [moves.astype(np.int8) for moves in turns]
        if seen is not None:
            seen(games, made)
        points.append(games.scores(strict=False))
        struck_out.append(games.table["ending"] == rules.STRUCK_OUT)
    return Evaluation(variant, np.concatenate(points), np.concatenate(struck_out))


def recorded(
    games: Games, moves: Sequence[NDArray[np.int8]], game: int, names: Sequence[str] = (), seed: str = ""
) -> Recording:
    """A game of a batch that is over (see Seen), as a recording, with names by seat."""
    variant = games.variants[game]
    deck = games.table["deck"][game, : variant.deck_size].tolist()
    made = tuple(int(turn[game]) for turn in moves if turn[game] != PASS)
    return Recording(variant, tuple(deck), made, tuple(names), seed=seed)


def record(makers: Sequence[Maker], variant: Variant, seed: int, names: Sequence[str]) -> Recording:
    """Play on the first deck of a seed, and keep the game: the one that an `evaluate` of one game plays.

    Args:
      makers: one agent for all seats, or one a seat.
      variant: what is played.
      seed: decides deck and lots.
      names: of the players, by seat.
    """
    kept: list[Recording] = []

    def keep(games: Games, moves: Sequence[NDArray[np.int8]]) -> None:
        kept.append(recorded(games, moves, 0, names))

    evaluate(makers, variant, 1, seed, seen=keep)
    return kept[0]
