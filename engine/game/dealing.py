"""Dealing: decks, and games as they are before the first move.

Decks are always given; `shuffled_decks` makes some from a stream.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import VariantError
from engine.game import chance
from engine.game.kernels import Int, kernel
from engine.game.rules import ACTOR, GAME, HISTORY, RUNNING, Game, Table, legal_moves, look_at_hand
from engine.game.variants import KINDS, MAX_COLOURS, MAX_DECK, MAX_PLAYERS, NO_CARD, Variant


def distinct(variants: Sequence[Variant]) -> tuple[list[Variant], NDArray[np.int64]]:
    """The different variants, and which of them each game plays. Raises VariantError."""
    if isinstance(variants, Variant):
        raise VariantError("variants: one a game expected, a single Variant given; say [variant] * games")
    index: dict[Variant, int] = {}
    which = np.empty(len(variants), dtype=np.int64)
    for g, variant in enumerate(variants):
        if not isinstance(variant, Variant):
            raise VariantError(
                f"variants[{g}]: {variant!r} given, a Variant expected; preset(name, players) makes one"
            )
        which[g] = index.setdefault(variant, len(index))
    if not index:
        raise VariantError("no variants given: there must be at least one game")
    return list(index), which


def full_decks(variants: Sequence[Variant]) -> NDArray[np.uint8]:
    """uint8[N, 50]: the cards of each variant given, sorted by kind, NO_CARD after the end."""
    decks = np.full((len(variants), MAX_DECK), NO_CARD, dtype=np.uint8)
    for deck, variant in zip(decks, variants, strict=True):
        deck[: variant.deck_size] = variant.full_deck
    return decks


def shuffled_decks(variants: Sequence[Variant], stream: chance.Stream) -> NDArray[np.uint8]:
    """uint8[G, 50]: a shuffled deck for each variant given; the stream moves on."""
    distinct(variants)
    chance.checked(stream)
    decks = full_decks(variants)
    sizes = np.array([variant.deck_size for variant in variants], dtype=np.uint8)
    shuffle_all(decks, sizes, stream)
    return decks


@kernel
def shuffle_all(decks: NDArray[np.uint8], sizes: NDArray[np.uint8], stream: chance.Stream) -> None:
    """Shuffle N decks (uint8[N, 50]) in place, of each its first sizes[n] cards."""
    for n in range(len(decks)):
        chance.shuffle(stream, decks[n], np.int64(sizes[n]))


def empty_table(variants: Sequence[Variant]) -> Table:
    """GAME[G]: a game of each variant given, not dealt yet."""
    games = np.zeros(len(variants), dtype=GAME)
    games["players"] = [v.players for v in variants]
    games["colours"] = [v.colours for v in variants]
    games["ranks"] = [v.ranks for v in variants]
    games["hand_size"] = [v.hand_size for v in variants]
    games["max_info"] = [v.info_tokens for v in variants]
    games["max_lives"] = [v.life_tokens for v in variants]
    games["deck_size"] = [v.deck_size for v in variants]
    return games


@kernel
def deal(games: Table, which: NDArray[np.int64], decks: NDArray[np.uint8]) -> None:
    """Start games anew from given decks.

    Args:
      games: GAME[G], changed in place.
      which: int64[N] which of them.
      decks: uint8[N, 50] kinds of the cards, first dealt first; known to be good.
    """
    for n in range(len(which)):
        game = games[which[n]]
        for i in range(MAX_DECK):
            game.deck[i] = decks[n, i]
        _lay_out(game)


@kernel
def _lay_out(game: Game) -> None:
    """Everything but the deck, as it is before the first move."""
    players, hand_size = np.int64(game.players), np.int64(game.hand_size)
    all_colours = np.uint8((1 << game.colours) - 1)
    all_ranks = np.uint8((1 << game.ranks) - 1)
    for i in range(MAX_DECK):
        game.hands[i] = i
        game.colours_left[i] = all_colours
        game.ranks_left[i] = all_ranks
        game.hinted[i] = 0
    for i in range(MAX_PLAYERS):
        game.held[i] = hand_size if i < players else 0
    for i in range(MAX_COLOURS):
        game.stacks[i] = 0
    for i in range(KINDS):
        game.discards[i] = 0
    for i in range(HISTORY):
        game.touched[i] = 0
        game.last[i, ACTOR] = NO_CARD
    game.drawn = players * hand_size
    game.info = game.max_info
    game.lives = game.max_lives
    game.to_move = 0
    game.turns_left = players
    game.ending = RUNNING
    game.points = 0
    game.turn = 0
    for seat in range(players):
        look_at_hand(game, seat)
    game.legal = legal_moves(game)


@kernel
def first_bad_deck(full: NDArray[np.uint8], which: NDArray[np.int64], decks: NDArray[np.uint8]) -> Int:
    """int64: the first deck that is not an order of its variant's cards, −1 if there is none.

    Args:
      full: uint8[V, 50] each variant's cards sorted by kind, NO_CARD behind the end.
      which: [N] the variant of each deck.
      decks: uint8[N, 50]
    """
    counts = np.zeros(256, dtype=np.int8)
    for n in range(len(decks)):
        for i in range(MAX_DECK):
            card = full[which[n], i]
            if (card == NO_CARD) != (decks[n, i] == NO_CARD):
                return n
            counts[card] += 1
            counts[decks[n, i]] -= 1
        for i in range(MAX_DECK):
            if counts[decks[n, i]] != 0:
                return n
    return -1
