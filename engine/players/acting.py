"""Acting: a network plays many games at once, explores a little, and notes what it can learn from."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.game import chance, colour_order, observation, rules
from engine.game.dealing import empty_table
from engine.game.games import Games, kept_table
from engine.game.kernels import Int, kernel
from engine.game.moves import SHARED, from_shared
from engine.game.observation import WIDTH
from engine.game.other_play import draw_names
from engine.game.variants import MAX_COLOURS, Variant
from engine.players.returns import q_lambda
from engine.store.sample import SAMPLE

_MOVES = SHARED.moves

Judge = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""What gives rows (uint8[B, 169]) the values of their moves (float32[B, 50]): a network, wherever it is."""


Playing = Generator[NDArray[np.uint8], NDArray[np.float32], NDArray[np.void]]
"""A chunk under way: gives rows, is sent what a Judge says of them, and returns SAMPLE[T · G]."""


@dataclass(frozen=True)
class Exploration:
    """How often a random move is made: in game g of G with probability base ** (1 + spread · g / (G − 1)).

    Horgan et al., "Distributed Prioritized Experience Replay", 2018, section 4.
    """

    base: float
    spread: float

    def chances(self, games: int) -> NDArray[np.float32]:
        """float32[G]."""
        place = np.linspace(0.0, 1.0, games) if games > 1 else np.zeros(1)
        return (self.base ** (1 + self.spread * place)).astype(np.float32)


def spread(variants: Sequence[Variant], games: int, worker: int) -> list[Variant]:
    """Which variant each of a worker's G games has: over all workers, as many of each as can be."""
    return [variants[(worker * games + game) % len(variants)] for game in range(games)]


def check_kept(kept: bytes, variants: Sequence[Variant]) -> None:
    """Raise ShapeError where an actor of these games cannot `restore` what another one kept."""
    _, games = _parts(len(variants))
    kept_table(kept[games:], empty_table(variants))


def _parts(games: int) -> tuple[int, int]:
    """Where the stream ends in what an actor of G games keeps, and where its games begin."""
    stream = 1 + chance.stream(0).nbytes
    return stream, stream + games * _MOVES * np.dtype(np.float32).itemsize


class Actor:
    """Plays G games without end, in chunks of T moves.

    Attributes:
      games: the games, to look at.
      finished: how many games came to their end.
      scored: the sum of their scores, strict.

    Args:
      variants: of the games, one of each.
      stream: what decks and random moves are drawn from.
      exploration: how often moves are random.
      moves: T, of each game in a chunk.
      discount: worth of a point one move later.
      trace: λ, how far rewards reach back at once (players.returns).
      other_play: whether chance orders colours that are alike, for each seat (engine.game.other_play).
    """

    def __init__(
        self,
        variants: Sequence[Variant],
        stream: chance.Stream,
        exploration: Exploration,
        *,
        moves: int,
        discount: float,
        trace: float,
        other_play: bool = False,
    ) -> None:
        count = len(variants)
        self.games = Games.shuffled(variants, stream)
        self.finished = self.scored = 0
        self._stream, self._epsilon = stream, exploration.chances(count)
        self._moves, self._discount, self._trace = moves, discount, trace
        self._to_ids = np.array([from_shared(variant) for variant in self.games.variants])
        self._samples = np.zeros((moves, count), dtype=SAMPLE)
        self._rows = np.zeros((count, WIDTH), dtype=np.uint8)
        self._places = np.zeros((count, MAX_COLOURS), dtype=np.int8)
        self._names, self._other_play = colour_order.own_names(count), other_play
        self._judged = np.zeros((count, _MOVES), dtype=np.float32)
        self._looked = False
        self._rewards = np.zeros((moves, count), dtype=np.float32)
        self._values = np.zeros((moves + 1, count), dtype=np.float32)
        self._ended = np.zeros((moves, count), dtype=np.bool_)
        self._explored = np.zeros((moves + 1, count), dtype=np.bool_)
        self._ids = np.zeros(count, dtype=np.int64)

    def chunk(self, judge: Judge) -> NDArray[np.void]:
        """Make T moves in each game; return SAMPLE[T · G], valid until the next chunk."""
        playing = self.playing()
        rows = next(playing)
        while True:
            values = judge(rows)
            try:
                rows = playing.send(values)
            except StopIteration as done:
                samples: NDArray[np.void] = done.value
                return samples

    def playing(self) -> Playing:
        """A chunk, move by move, for who finds out values elsewhere: gives rows, is sent their values.

        The rows are valid until values are sent.
        """
        if not self._looked:
            yield from self._look()
        for t in range(self._moves):
            self._choose(t)
            self._rewards[t] = self.games.step(self._ids)
            self._ended[t] = self.games.over
            if self._ended[t].any():
                self.scored += int(self.games.scores()[self._ended[t]].sum())
                self.finished += len(self.games.redeal_finished(self._stream))
            yield from self._look()
        self._values[-1] = self._judged.max(axis=1)
        returns = np.empty_like(self._rewards)
        q_lambda(
            self._rewards, self._values, self._ended, self._explored, self._discount, self._trace, returns
        )
        self._samples["target"] = returns
        return self._samples.reshape(-1)

    def keep(self) -> bytes:
        """What it takes to go on from here, between two chunks."""
        judged = self._judged.tobytes() if self._looked else bytes(self._judged.nbytes)
        # values are of moves as colours were named: otherwise named they would be of others
        looked = self._looked | self._other_play << 1
        return bytes([looked]) + self._stream.tobytes() + judged + self.games.keep()

    def restore(self, kept: bytes) -> None:
        """Go on from where `keep` was called. Raises ShapeError for what does not fit these games."""
        stream, games = _parts(len(self.games))
        self.games.restore(kept[games:])
        self._looked = bool(kept[0] & 1) and bool(kept[0] >> 1) == self._other_play
        self._stream[:] = np.frombuffer(kept[1:stream], dtype=np.uint64)
        self._judged = np.frombuffer(kept[stream:games], dtype=np.float32).reshape(self._judged.shape)
        self._observe()

    def _observe(self) -> None:
        observation.observe(self.games, out=self._rows)
        if self._other_play:
            draw_names(self.games.table, self._names)
        colour_order.put_in_order(self._rows, self._places, self._names)

    def _look(self) -> Generator[NDArray[np.uint8], NDArray[np.float32], None]:
        """See the positions to move in, and wait for values; a chunk's last are the next one's first."""
        self._observe()
        self._judged = yield self._rows
        self._looked = True

    def _choose(self, t: int) -> None:
        _choose(
            self.games.table,
            self._rows,
            self._places,
            self._judged,
            self._epsilon,
            self._to_ids,
            self._stream,
            self._samples[t],
            self._values[t],
            self._explored[t],
            self._ids,
        )


@kernel
def _choose(
    games: rules.Table,
    rows: NDArray[np.uint8],
    places: NDArray[np.int8],
    values: NDArray[np.float32],
    epsilon: NDArray[np.float32],
    to_ids: NDArray[np.int64],
    stream: chance.Stream,
    samples: NDArray[np.void],
    greedy_values: NDArray[np.float32],
    explored: NDArray[np.bool_],
    ids: NDArray[np.int64],
) -> None:
    """Choose each game's move and note the sample."""
    for g in range(len(games)):
        game, place, sample = games[g], places[g], samples[g]
        greedy = _best(values[g])
        move = greedy
        if np.float64(chance.below(stream, 1 << 24)) < epsilon[g] * np.float64(1 << 24):
            any_move = chance.choose_bit(stream, observation.shared_legal(game))
            move = colour_order.move_in_order(any_move, place)
        greedy_values[g] = values[g, greedy]
        explored[g] = move != greedy
        ids[g] = to_ids[g, colour_order.move_by_own_name(move, place)]
        sample.move = move
        for i in range(WIDTH):
            sample.row[i] = rows[g, i]
        observation.write_own_cards(game, np.int64(game.to_move), sample.own)
        for slot in range(len(sample.own)):
            sample.own[slot] = colour_order.code_in_order(sample.own[slot], place)


@kernel
def _best(values: NDArray[np.float32]) -> Int:
    best, most = 0, values[0]
    for move in range(1, _MOVES):
        better = values[move] > most  # no branch, since the processor would often guess it wrong
        most = values[move] if better else most
        best = move if better else best
    return best
