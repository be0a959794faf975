"""HLE's observation vector, bit for bit (canonical_encoders.cc), so that other people's agents and tests fit.

Sections, with P players, H cards in hand, C colours, R ranks, N cards in the deck:

    hands        (P−1)·H·C·R + P    the others' cards, one-hot; who is short of a card
    board        N−P·H + C·R + info + lives    deck, info and lives as thermometers, stacks one-hot
    discards     N                  a thermometer for each kind of card
    last action  P + 4 + P + C + R + H + H + C·R + 2
    knowledge    P·H·(C·R + C + R)  what hints leave possible of each card, and the colour and rank named

658, 956, 1041 and 1280 entries for the full game with 2 to 5 players.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.game import arrays, rules
from engine.game.games import Games
from engine.game.kernels import Int, kernel
from engine.game.moves import Kind
from engine.game.observation import seats_of
from engine.game.rules import Game, Table
from engine.game.variants import KINDS, MAX_COLOURS, MAX_RANKS, NO_CARD, Variant

_PLAY, _COLOUR = int(Kind.PLAY), int(Kind.COLOUR)


def length(variant: Variant) -> int:
    """How many entries the vector of a variant has."""
    p, c, r, h = variant.players, variant.colours, variant.ranks, variant.hand_size
    hands = (p - 1) * h * c * r + p
    board = variant.deck_size - p * h + c * r + variant.info_tokens + variant.life_tokens
    last = p + 4 + p + c + r + h + h + c * r + 2
    return hands + board + variant.deck_size + last + p * h * (c * r + c + r)


def encode(
    games: Games, seats: ArrayLike | None = None, out: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """HLE's vector for one player of each game.

    Args:
      games: G games.
      seats: int[G] the observing seat of each game; None: the player to move.
      out: uint8[G, N] to write into, contiguous, N at least the longest length; None: a new
        array.

    Returns:
      uint8[G, N] of 0 and 1; a game whose vector is shorter has 0 behind its end.

    Raises:
      RowError: a seat the game does not have.
      ShapeError: no such array to write into, or of seats.
    """
    longest = max(length(variant) for variant in games.kinds)
    out = arrays.output("out", out, len(games), longest, wider=True)
    _encode(games.table, seats_of(games, seats), out)
    return out


@kernel
def _encode(games: Table, seats: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    for g in range(len(games)):
        game, bits, seat = games[g], out[g], np.int64(seats[g])
        for i in range(len(bits)):
            bits[i] = 0
        at = _hands(game, seat, bits, 0)
        at = _board(game, bits, at)
        at = _discards(game, bits, at)
        at = _last_action(game, seat, bits, at)
        _knowledge(game, seat, bits, at)


@kernel
def _index(kind: Int, ranks: Int) -> Int:
    """HLE's number of a card, colour · R + rank."""
    return kind // MAX_RANKS * ranks + kind % MAX_RANKS


@kernel
def _thermometer(bits: NDArray[np.uint8], at: Int, count: Int, size: Int) -> Int:
    for i in range(count):
        bits[np.uint64(at + i)] = 1
    return at + size


@kernel
def _hands(game: Game, seat: Int, bits: NDArray[np.uint8], at: Int) -> Int:
    players, hand_size = np.int64(game.players), np.int64(game.hand_size)
    ranks = np.int64(game.ranks)
    kinds = np.int64(game.colours) * ranks
    for offset in range(1, players):
        other = rules.seat_after(seat, offset, players)
        for slot in range(np.int64(game.held[other])):
            kind = np.int64(game.deck[game.hands[other * hand_size + slot]])
            bits[at + slot * kinds + _index(kind, ranks)] = 1
        at += hand_size * kinds
    for offset in range(players):
        bits[at + offset] = game.held[rules.seat_after(seat, offset, players)] < hand_size
    return at + players


@kernel
def _board(game: Game, bits: NDArray[np.uint8], at: Int) -> Int:
    ranks = np.int64(game.ranks)
    undealt = np.int64(game.deck_size) - np.int64(game.players) * np.int64(game.hand_size)
    at = _thermometer(bits, at, np.int64(game.deck_size - game.drawn), undealt)
    for colour in range(np.int64(game.colours)):
        if game.stacks[colour] > 0:
            bits[at + np.int64(game.stacks[colour]) - 1] = 1
        at += ranks
    at = _thermometer(bits, at, np.int64(game.info), np.int64(game.max_info))
    return _thermometer(bits, at, np.int64(game.lives), np.int64(game.max_lives))


@kernel
def _discards(game: Game, bits: NDArray[np.uint8], at: Int) -> Int:
    ranks = np.int64(game.ranks)
    for colour in range(np.int64(game.colours)):
        for rank in range(ranks):
            gone = game.discards[colour * MAX_RANKS + rank]
            # three entries without a question: those too many are 0, and the next kind writes over them
            for i in range(3):
                bits[np.uint64(at + i)] = gone > i
            at += rules.copies_of(rank, ranks)
    return at


@kernel
def _last_action(game: Game, seat: Int, bits: NDArray[np.uint8], at: Int) -> Int:
    players, colours, ranks = np.int64(game.players), np.int64(game.colours), np.int64(game.ranks)
    hand_size = np.int64(game.hand_size)
    end = at + 2 * players + 4 + colours + ranks + 2 * hand_size + colours * ranks + 2
    entry = (np.int64(game.turn) - 1) % rules.HISTORY
    actor = np.int64(game.last[entry, rules.ACTOR])
    if actor == NO_CARD:
        return end
    kind, effect = np.int64(game.last[entry, rules.KIND]), game.last[entry, rules.EFFECT]
    where, what = np.int64(game.last[entry, rules.WHERE]), np.int64(game.last[entry, rules.WHAT])
    hint = kind >= _COLOUR
    bits[at + rules.seat_after(actor, players - seat, players)] = 1
    at += players
    # HLE's order here is play, discard, colour, rank: not that of its move numbers
    bits[at + (kind if hint else 1 - kind)] = 1
    at += 4
    if hint:
        bits[at + rules.seat_after(where, players - seat, players)] = 1
        at += players
        bits[at + (what if kind == _COLOUR else colours + what)] = 1
        at += colours + ranks
        shown = 8 if hand_size > 8 else hand_size  # HLE keeps them in 8 bits
        for slot in range(shown):
            bits[at + slot] = (game.touched[entry] >> np.uint32(slot)) & np.uint32(1)
        return end
    at += players + colours + ranks + hand_size
    bits[at + where] = 1
    at += hand_size
    bits[at + _index(what, ranks)] = 1
    at += colours * ranks
    if kind == _PLAY:
        bits[at] = (effect & rules.SCORED) != 0
        bits[at + 1] = (effect & rules.TOKEN) != 0
    return end


@kernel
def _knowledge(game: Game, seat: Int, bits: NDArray[np.uint8], at: Int) -> Int:
    players, colours, ranks = np.int64(game.players), np.int64(game.colours), np.int64(game.ranks)
    hand_size = np.int64(game.hand_size)
    per_card = colours * ranks + colours + ranks
    for offset in range(players):
        other = rules.seat_after(seat, offset, players)
        for slot in range(np.int64(game.held[other])):
            place = game.hands[other * hand_size + slot]
            of_colour, of_rank = np.int64(game.colours_left[place]), np.int64(game.ranks_left[place])
            card = at + slot * per_card
            if colours == MAX_COLOURS and ranks == MAX_RANKS:
                _copy(bits, card, rules.POSSIBLE[of_colour & 31, of_rank & 31])  # three times as fast
            else:
                for colour in range(colours):
                    if (of_colour >> colour) & 1:
                        _spread(bits, card + colour * ranks, of_rank, ranks)
            card += colours * ranks
            if of_colour & rules.HINTED:
                _spread(bits, card, of_colour, colours)
            if of_rank & rules.HINTED:
                _spread(bits, card + colours, of_rank, ranks)
        at += hand_size * per_card
    return at


@kernel
def _copy(bits: NDArray[np.uint8], at: Int, entries: NDArray[np.uint8]) -> None:
    """Write 25 entries, one a kind. Their number is known to the compiler, so it moves them all at once."""
    start = np.uint64(at)
    for i in range(KINDS):
        bits[start + np.uint64(i)] = entries[i]


@kernel
def _spread(bits: NDArray[np.uint8], at: Int, mask: Int, count: Int) -> None:
    """Write the lowest `count` bits of a mask as bytes."""
    start = np.uint64(at)  # unsigned, so that numba does not ask whether it counts from the end
    for i in range(count):
        bits[start + np.uint64(i)] = (mask >> i) & 1
