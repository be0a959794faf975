"""A whole game of random moves, to record."""

from engine import Games, Variant, chance
from engine.records.recording import Recording


def random_game(variant: Variant, stream: chance.Stream) -> Recording:
    """A game of random legal moves, to try things out on; the stream moves on."""
    games = Games.shuffled([variant], stream)
    deck = games.table["deck"][0, : variant.deck_size].tolist()
    moves: list[int] = []
    while not games.over.all():
        moves.append(int(games.random_moves(stream)[0]))
        games.step(moves[-1:])
    return Recording(variant, tuple(deck), tuple(moves))
