"""Reading a GAME record (engine.game.rules): what stands in it, as a Position that anybody can show."""

from typing import Any

import numpy as np

from engine.game import rules
from engine.game.moves import COLOUR_LETTERS, COLOUR_NAMES, Kind, card_name
from engine.game.variants import MAX_COLOURS, MAX_RANKS
from engine.records import hand
from engine.records.position import COLOUR, DISCARD, PLAY, RANK, Card, LastMove, Position
from engine.records.recording import is_mistake
from engine.records.worth import is_needed_and_lost, worth

_RANKS = "12345"
_DEEDS = {Kind.PLAY: PLAY, Kind.DISCARD: DISCARD, Kind.COLOUR: COLOUR, Kind.RANK: RANK}


def position_of(game: Any) -> Position:
    """All there is to see in a record."""
    colours, ranks = COLOUR_LETTERS[: int(game["colours"])], _RANKS[: int(game["ranks"])]
    counts = np.asarray(game["discards"]).reshape(MAX_COLOURS, MAX_RANKS)
    return Position(
        turn=int(game["turn"]),
        colours=colours,
        ranks=ranks,
        hand_size=int(game["hand_size"]),
        info=int(game["info"]),
        max_info=int(game["max_info"]),
        lives=int(game["lives"]),
        max_lives=int(game["max_lives"]),
        deck=int(game["deck_size"]) - int(game["drawn"]),
        turns_left=int(game["turns_left"]),
        points=int(game["points"]),
        over=int(game["ending"]) != rules.RUNNING,
        struck_out=int(game["ending"]) == rules.STRUCK_OUT,
        to_move=int(game["to_move"]),
        stacks=tuple(int(height) for height in game["stacks"][: len(colours)]),
        discards=tuple(
            "".join(rank * int(count) for rank, count in zip(_RANKS, counts[colour], strict=True))
            for colour in range(len(colours))
        ),
        hands=tuple(
            tuple(_card(game, place, colours, ranks) for place in hand.places(game, seat))
            for seat in range(int(game["players"]))
        ),
        last=last_move_of(game),
    )


def last_move_of(game: Any) -> LastMove | None:
    """The move that led to a record; None for a deal."""
    if not game["turn"]:
        return None
    entry = (int(game["turn"]) - 1) % rules.HISTORY
    mover, number, where, what, effect = (int(each) for each in game["last"][entry])
    kind = Kind(number)
    if kind in (Kind.COLOUR, Kind.RANK):
        touched = int(game["touched"][entry])
        return LastMove(
            mover=mover,
            deed=_DEEDS[kind],
            target=where,
            value=COLOUR_NAMES[what] if kind is Kind.COLOUR else f"{what + 1}s",
            touched=tuple(slot for slot in range(32) if touched >> slot & 1),
        )
    return LastMove(
        mover=mover,
        deed=_DEEDS[kind],
        slot=where,
        card=card_name(what),
        outcome=_outcome(game, kind, what, effect),
        mistake=bool(is_mistake(game)),
    )


def _outcome(game: Any, kind: Kind, what: int, effect: int) -> str:
    lost = "the last one!" if is_needed_and_lost(game, what) else ""
    if kind is Kind.DISCARD:
        return lost
    if not effect & rules.SCORED:
        return f"misplay, {lost or 'a life lost'}"
    return "scores, a token back" if effect & rules.TOKEN else "scores"


def _card(game: Any, place: int, colours: str, ranks: str) -> Card:
    colours_left, ranks_left = int(game["colours_left"][place]), int(game["ranks_left"][place])
    hinted = int(game["hinted"][place])
    return Card(
        name=card_name(int(game["deck"][place])),
        colours=_left(colours_left, colours),
        ranks=_left(ranks_left, ranks),
        colour_named=bool(colours_left & rules.HINTED),
        rank_named=bool(ranks_left & rules.HINTED),
        age=int(game["turn"]) - hinted + 1 if hinted else 0,
        worth=worth(game, int(game["deck"][place])).value,
        place=place,
    )


def _left(bits: int, names: str) -> str:
    return "".join(name for index, name in enumerate(names) if bits >> index & 1)
