"""G games of Hanabi side by side: what a user of the engine holds in hand.

    >>> from engine import Games, preset, chance
    >>> stream = chance.stream(seed=1)
    >>> games = Games.shuffled([preset("full", players=3)] * 1024, stream)
    >>> while not games.over.all():
    ...     rewards = games.step(games.random_moves(stream))

Every call checks what it is given before it changes anything.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import DeckError, IllegalMoveError, ShapeError
from engine.game import arrays, chance, dealing, rules
from engine.game.kernels import kernel
from engine.game.moves import Move, card_name, table
from engine.game.variants import KINDS, MAX_DECK, NO_CARD, Variant

PASS = -1
"""In place of a move: leave this game as it is."""


class Games:
    """G games, each of its own variant.

    Attributes:
      variants: the variant of each game.
      kinds: the different variants among them.
      strict: whether a score falls to 0 with the last life (the published rule), or keeps its points.
      table: GAME[G] (engine.game.rules), the games themselves; read-only.
    """

    def __init__(self, variants: Sequence[Variant], decks: ArrayLike, *, strict: bool = True) -> None:
        """Deal G games.

        Args:
          variants: G variants, one a game.
          decks: uint8[G, 50] kinds of cards (5 · colour + rank), first dealt first, NO_CARD after the end.
          strict: see above.

        Raises:
          VariantError: no game, or something that is no Variant.
          DeckError: a deck that does not hold its variant's cards.
          ShapeError: decks of another shape.
        """
        self.kinds, self._which = dealing.distinct(variants)
        self.variants = tuple(variants)
        self.strict = strict
        self._full = dealing.full_decks(self.kinds)
        self._table = dealing.empty_table(self.variants)
        self.table = self._table.view()
        self.table.flags.writeable = False
        self._rewards = np.zeros(len(self.variants), dtype=np.int8)
        self.redeal(np.arange(len(self.variants)), decks)

    @classmethod
    def shuffled(cls, variants: Sequence[Variant], stream: chance.Stream, *, strict: bool = True) -> "Games":
        """Deal G games from shuffled decks; the stream moves on. Raises VariantError, ShapeError."""
        return cls(variants, dealing.shuffled_decks(variants, stream), strict=strict)

    def __len__(self) -> int:
        return len(self.variants)

    @property
    def over(self) -> NDArray[np.bool_]:
        """bool[G]: which games are over."""
        return self.table["ending"] != rules.RUNNING

    @property
    def to_move(self) -> NDArray[np.uint8]:
        """uint8[G]: the seat whose turn it is."""
        return self.table["to_move"]

    @property
    def legal(self) -> NDArray[np.uint64]:
        """uint64[G]: legal moves as bits; bit m stands for move id m. 0 when the game is over."""
        return self.table["legal"]

    def legal_mask(self) -> NDArray[np.bool_]:
        """bool[G, M]: legal moves, M the most move ids of any variant here."""
        width = max(variant.moves for variant in self.kinds)
        legal = np.ascontiguousarray(self.table["legal"])
        bits = np.unpackbits(legal[:, None].view(np.uint8), axis=1, bitorder="little")
        return bits[:, :width].view(np.bool_)

    def scores(self, *, strict: bool | None = None) -> NDArray[np.int64]:
        """int64[G]: points so far, under the games' own rule or the one named."""
        strict = self.strict if strict is None else strict
        points = self.table["points"].astype(np.int64)
        return np.where(self.table["lives"] == 0, 0, points) if strict else points

    def step(self, moves: ArrayLike) -> NDArray[np.int8]:
        """Make one move in each game.

        Args:
          moves: int[G] move ids; PASS leaves a game as it is, and is all that a finished game takes.

        Returns:
          int8[G] rewards: the change of the score. The array is written anew by the next step.

        Raises:
          IllegalMoveError: naming the first game, the move and the legal ones. No game has changed.
          ShapeError: not G whole numbers. No game has changed.
        """
        rules.step(self._table, self.checked(moves), self.strict, self._rewards)
        return self._rewards

    def checked(self, moves: ArrayLike) -> NDArray[np.int64]:
        """int64[G]: moves that `step` would take. Raises as it does."""
        chosen = arrays.whole_numbers("moves", moves, (len(self),))
        bad = rules.first_illegal(self.table, chosen)
        if bad >= 0:
            raise IllegalMoveError(self._refusal(bad, int(chosen[bad])))
        return chosen

    def chosen(self, games: ArrayLike) -> NDArray[np.int64]:
        """int64[N]: numbers of games, checked. Raises IndexError, ShapeError."""
        which = arrays.whole_numbers("games", games, (-1,))
        astray = (which < 0) | (which >= len(self))
        if astray.any():
            raise IndexError(f"games: there is no game {which[astray][0]}; there are 0 to {len(self) - 1}")
        return which

    def redeal(self, games: ArrayLike, decks: ArrayLike) -> None:
        """Start some games anew.

        Args:
          games: int[N] which games.
          decks: uint8[N, 50], as for the constructor.

        Raises:
          DeckError, IndexError, ShapeError: nothing has changed.
        """
        which = self.chosen(games)
        given = arrays.whole_numbers("decks", decks, (len(which), MAX_DECK))
        strange = np.argwhere((given < 0) | (given > NO_CARD))
        if len(strange):
            n, place = strange[0]
            raise DeckError(
                f"deck of game {which[n]}, place {place}: {given[n, place]} given; kinds of cards are 0 to "
                f"{KINDS - 1}, and NO_CARD ({NO_CARD}) fills up a short deck"
            )
        cards = given.astype(np.uint8)
        bad = dealing.first_bad_deck(self._full, self._which[which], cards)
        if bad >= 0:
            raise DeckError(self._bad_deck(int(which[bad]), cards[bad]))
        dealing.deal(self._table, which, cards)

    def redeal_finished(self, stream: chance.Stream) -> NDArray[np.int64]:
        """Shuffle and deal every finished game anew; returns int64[N], which these were."""
        chance.checked(stream)
        which = np.flatnonzero(self.table["ending"])
        decks = self._full[self._which[which]]
        dealing.shuffle_all(decks, self.table["deck_size"][which], stream)
        dealing.deal(self._table, which, decks)
        return which

    def keep(self) -> bytes:
        """All the games as they stand; for `restore` by the same version of this program."""
        return self._table.tobytes()

    def restore(self, kept: bytes) -> None:
        """Put all the games back to where they stood at `keep`.

        Raises ShapeError for another number or kind of games; nothing has changed.
        """
        self._table[:] = kept_table(kept, self._table)

    def random_moves(self, stream: chance.Stream) -> NDArray[np.int64]:
        """int64[G]: a uniformly chosen legal move for each game, PASS where it is over."""
        moves = np.empty(len(self), dtype=np.int64)
        _choose_moves(self.table, chance.checked(stream), moves)
        return moves

    def _refusal(self, game: int, move: int) -> str:
        variant = self.variants[game]
        moves = table(variant)
        where = f"game {game} ({variant}, turn {int(self.table['turn'][game])})"
        what = f"{move} ({_in_words(move, moves)})"
        if self.over[game]:
            return f"{where}: move {what} given, but the game is over; allowed is PASS ({PASS})"
        legal = [m for m in range(len(moves)) if int(self.table["legal"][game]) >> m & 1]
        return f"{where}: move {what} is not legal; legal moves are {', '.join(map(str, legal))}"

    def _bad_deck(self, game: int, deck: NDArray[np.uint8]) -> str:
        variant = self.variants[game]
        given = np.bincount(deck[: variant.deck_size], minlength=256)
        wanted = np.bincount(variant.full_deck, minlength=256)
        if deck[variant.deck_size :].size and (deck[variant.deck_size :] != NO_CARD).any():
            return (
                f"deck of game {game} ({variant}): longer than its {variant.deck_size} cards; "
                f"fill up with NO_CARD ({NO_CARD})"
            )
        kind = int(np.flatnonzero(given != wanted)[0])
        name = card_name(kind) if kind < KINDS else f"kind {kind}"
        return f"deck of game {game} ({variant}): {given[kind]} × {name}, should be {wanted[kind]}"


def kept_table(kept: bytes, like: rules.Table) -> rules.Table:
    """GAME[G]: what `Games.keep` kept. Raises ShapeError where `like`, GAME[G], is of other games."""
    if len(kept) != like.nbytes:
        raise ShapeError(f"kept games: {len(kept)} bytes given, {like.nbytes} needed")
    found = np.frombuffer(kept, dtype=like.dtype)
    for field in ("players", "colours", "ranks", "hand_size", "max_info", "max_lives"):
        if not np.array_equal(found[field], like[field]):
            raise ShapeError(f"kept games: other {field} than these games have")
    return found


def _in_words(move: int, moves: Sequence[Move]) -> str:
    known = 0 <= move < len(moves)
    return str(moves[move]) if known else f"there are only ids 0 to {len(moves) - 1}"


@kernel
def _choose_moves(games: rules.Table, stream: chance.Stream, moves: NDArray[np.int64]) -> None:
    for g in range(len(games)):
        legal = games[g].legal
        moves[g] = PASS if legal == np.uint64(0) else chance.choose_bit(stream, legal)
