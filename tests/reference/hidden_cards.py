"""Change what a player cannot see, to check that its play does not change with it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.game.games import Games
from engine.game.variants import MAX_RANKS


def own_places(game: Any) -> list[int]:
    """The places in the deck of the mover's cards. `game` is a GAME record."""
    first = int(game["to_move"]) * int(game["hand_size"])
    return [int(place) for place in game["hands"][first : first + int(game["held"][game["to_move"]])]]


def undealt_places(game: Any) -> list[int]:
    """The places of the cards still in the deck."""
    return list(range(int(game["drawn"]), int(game["deck_size"])))


def open_table(games: Games) -> Any:
    """GAME[G]: the games to write into, past the guard that keeps users from it."""
    return games._table


def shuffle_hidden(games: Games, rng: np.random.Generator) -> None:
    """Shuffle, in place, the mover's own cards and the undealt ones of every running game, as if by magic."""
    table = open_table(games)
    for g in np.flatnonzero(~games.over):
        game = table[g]  # a view of it: a mask or list of games would give copies
        hidden = own_places(game) + undealt_places(game)
        game["deck"][hidden] = rng.permutation(game["deck"][hidden])


def other_decks(games: Games, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Decks that the mover cannot tell from the true ones: uint8[G, 50], and where they differ, bool[G].

    One or more of the mover's cards change places with undealt ones that fit all hints given so far.
    """
    decks = games.table["deck"].copy()
    for game, deck in zip(games.table, decks, strict=True):
        if game["ending"]:
            continue
        for mine in rng.permutation(own_places(game)):
            fitting = [place for place in undealt_places(game) if _fits(game, mine, int(deck[place]))]
            if fitting:
                other = rng.choice(fitting)
                deck[[mine, other]] = deck[[other, mine]]
    return decks, (decks != games.table["deck"]).any(axis=1)


def _fits(game: Any, place: int, kind: int) -> bool:
    """Whether the card in a place could be of a kind, by the hints given."""
    colour, rank = divmod(kind, MAX_RANKS)
    return bool(game["colours_left"][place] >> colour & 1 and game["ranks_left"][place] >> rank & 1)
