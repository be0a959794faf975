"""The rules of Hanabi, for G games side by side.

Decks and moves come in, arrays come out: no card is ever drawn by chance in here. The rules are HLE's
(hanabi_state.cc): a completed stack returns an information token, the last life ends the game, and once
the last card is drawn everyone, the drawer included, has one turn.

A game is one record of 408 bytes, and games are an array of records: a move touches a dozen fields of one
game, so they lie together, and a kernel takes one pointer. (The same rules over a struct of arrays ran at
a seventh of the speed under numba, which counts references to every array it passes on.)
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.game.kernels import Int, kernel
from engine.game.moves import MAX_MOVES, Kind
from engine.game.variants import KINDS, MAX_COLOURS, MAX_DECK, MAX_PLAYERS, MAX_RANKS

HISTORY = 4
"""How many of the last moves a game remembers, for observations."""

HINTED = 32
"""Bit 5 of what is known of a card's colour or rank: a hint named it, not only excluded others."""

_MASK, _KIND = np.arange(32), np.arange(KINDS)
POSSIBLE = (_MASK[:, None, None] >> _KIND // MAX_RANKS & _MASK[:, None] >> _KIND % MAX_RANKS & 1).astype(
    np.uint8
)
"""uint8[32, 32, 25]: which kinds of card colours and ranks not excluded, as bits, leave possible."""

RUNNING, COMPLETED, STRUCK_OUT, DECK_EMPTY = 0, 1, 2, 3
"""How a game stands: not over; all stacks complete; no life left; everyone had the last turn."""

ACTOR, KIND, WHERE, WHAT, EFFECT = 0, 1, 2, 3, 4
"""The entries of a remembered move: the seat that moved (NO_CARD: no move yet); its Kind; the slot played
or discarded, or the seat hinted at; the card's kind, or the colour or rank named; SCORED | TOKEN."""

SCORED, TOKEN = 1, 2
"""Effects of a play: it scored a point; it returned an information token."""

GAME = np.dtype(
    [
        # the variant
        ("players", np.uint8),
        ("colours", np.uint8),
        ("ranks", np.uint8),
        ("hand_size", np.uint8),
        ("max_info", np.uint8),
        ("max_lives", np.uint8),
        ("deck_size", np.uint8),
        # the table
        ("drawn", np.uint8),  # cards dealt so far
        ("info", np.uint8),  # information tokens
        ("lives", np.uint8),  # life tokens
        ("to_move", np.uint8),  # the seat to move
        ("turns_left", np.uint8),  # moves left once the deck is empty; all players' before
        ("ending", np.uint8),  # RUNNING, COMPLETED, STRUCK_OUT or DECK_EMPTY
        ("points", np.uint8),  # cards on all stacks
        ("turn", np.uint16),  # moves made
        ("legal", np.uint64),  # legal moves, as bits by move id; 0 when the game is over
        ("touched", np.uint32, (HISTORY,)),  # slots that each remembered hint touched, as bits
        ("last", np.uint8, (HISTORY, 5)),  # the last moves; move number t stands in entry t mod 4
        ("stacks", np.uint8, (MAX_COLOURS,)),  # cards on each colour's stack
        ("held", np.uint8, (MAX_PLAYERS,)),  # cards in each hand
        ("seen", np.uint16, (MAX_PLAYERS,)),  # colours (bits 0-4) and ranks (bits 8-12) in each hand
        ("discards", np.uint8, (KINDS,)),  # discarded or misplayed cards of each kind
        # the cards, named by their place in the deck, so that knowledge stays with a card
        ("deck", np.uint8, (MAX_DECK,)),  # kinds, dealt from the front, NO_CARD behind the end
        ("hands", np.uint8, (MAX_DECK,)),  # seat p's slot h is entry p * hand_size + h, oldest first
        ("colours_left", np.uint8, (MAX_DECK,)),  # colours not excluded, as bits; HINTED
        ("ranks_left", np.uint8, (MAX_DECK,)),  # ranks not excluded, as bits; HINTED
        ("hinted", np.uint16, (MAX_DECK,)),  # the move, from 1, that last pointed out the card; 0: none
    ],
    align=True,
)
"""One game. Unless a comment says otherwise a field counts what its name says."""

Table: TypeAlias = NDArray[Any]
"""GAME[G]: the games of a batch."""

Game: TypeAlias = Any
"""One record of a Table, inside a kernel."""

_ONE = np.uint64(1)
_COLOUR_BITS, _RANK_SHIFT = np.uint64(31), np.uint64(8)
_DISCARD, _PLAY, _COLOUR, _RANK = (int(kind) for kind in Kind)
_SEEN = np.array([1 << kind // MAX_RANKS | 256 << kind % MAX_RANKS for kind in range(KINDS)], dtype=np.uint64)
"""uint64[25]: of each kind of card, its colour in bits 0–4 and its rank in bits 8–12."""


@kernel
def copies_of(rank: Int, ranks: Int) -> Int:
    """How many cards of a rank each colour has: variants.copies, for kernels."""
    return 3 if rank == 0 else (1 if rank == ranks - 1 else 2)


@kernel
def seat_after(seat: Int, offset: Int, players: Int) -> Int:
    """The seat `offset` places after another, offset <= players; no division, which would take longest."""
    after = seat + offset
    return after - players if after >= players else after


@kernel
def legal_moves(game: Game) -> Int:
    """uint64: the legal moves of a game as bits, 0 when it is over."""
    if game.ending != RUNNING:
        return np.uint64(0)
    players, colours, ranks = np.int64(game.players), np.int64(game.colours), np.int64(game.ranks)
    hand_size = np.int64(game.hand_size)
    mover = np.int64(game.to_move)
    own = (_ONE << np.uint64(game.held[mover])) - _ONE
    legal = own << np.uint64(hand_size)
    if game.info < game.max_info:
        legal |= own
    if game.info > 0:
        shift = 2 * hand_size
        rank_shift = shift + (players - 1) * colours
        for offset in range(1, players):
            seen = np.uint64(game.seen[seat_after(mover, offset, players)])
            legal |= (seen & _COLOUR_BITS) << np.uint64(shift)
            legal |= (seen >> _RANK_SHIFT) << np.uint64(rank_shift)
            shift += colours
            rank_shift += ranks
    return legal


@kernel
def look_at_hand(game: Game, seat: Int) -> None:
    """Note which colours and ranks a hand has: what can be hinted there."""
    first = seat * np.int64(game.hand_size)
    seen = np.uint64(0)
    for i in range(first, first + np.int64(game.held[seat])):
        seen |= _SEEN[game.deck[game.hands[i]]]
    game.seen[seat] = seen


@kernel
def score(game: Game, strict: bool) -> Int:
    """Points: cards on the stacks; under the strict rule 0 once all lives are lost."""
    if strict and game.lives == 0:
        return np.int64(0)
    return np.int64(game.points)


@kernel
def take_card(game: Game, seat: Int, slot: Int) -> Int:
    """Take a card out of a hand and close the gap. Returns the card's kind."""
    first = seat * np.int64(game.hand_size)
    kind = np.int64(game.deck[game.hands[first + slot]])
    newest = first + np.int64(game.held[seat]) - 1
    for i in range(first + slot, newest):
        game.hands[i] = game.hands[i + 1]
    game.held[seat] -= 1
    return kind


@kernel
def draw_card(game: Game, seat: Int) -> None:
    """Put the next card of the deck, if there is one, at the end of a hand."""
    if game.drawn < game.deck_size:
        game.hands[seat * np.int64(game.hand_size) + np.int64(game.held[seat])] = game.drawn
        game.drawn += 1
        game.held[seat] += 1


@kernel
def play_card(game: Game, kind: Int) -> Int:
    """Put a card on its stack, or lose a life. Returns the effect: SCORED | TOKEN."""
    colour, rank = kind // MAX_RANKS, kind % MAX_RANKS
    if game.stacks[colour] != rank:
        game.lives -= 1
        game.discards[kind] += 1
        return 0
    game.stacks[colour] += 1
    game.points += 1
    if rank + 1 == game.ranks and game.info < game.max_info:
        game.info += 1
        return SCORED | TOKEN
    return SCORED


@kernel
def give_hint(game: Game, seat: Int, kind: Int, value: Int) -> Int:
    """Tell a player which cards have a colour or rank. Returns the slots touched, as bits."""
    first = seat * np.int64(game.hand_size)
    bit = np.uint8(1 << value)
    touched = np.uint32(0)
    for slot in range(np.int64(game.held[seat])):
        place = np.int64(game.hands[first + slot])
        card = np.int64(game.deck[place])
        if kind == _COLOUR:
            named = card // MAX_RANKS == value
            left = game.colours_left[place]
            game.colours_left[place] = bit | np.uint8(HINTED) if named else left & ~bit
        else:
            named = card % MAX_RANKS == value
            left = game.ranks_left[place]
            game.ranks_left[place] = bit | np.uint8(HINTED) if named else left & ~bit
        if named:
            game.hinted[place] = game.turn + 1
            touched |= np.uint32(1) << np.uint32(slot)
    return touched


@kernel
def ending_of(game: Game) -> Int:
    """How the game stands after a move."""
    if game.lives == 0:
        return STRUCK_OUT
    if game.points == np.int64(game.colours) * np.int64(game.ranks):
        return COMPLETED
    if game.turns_left == 0:
        return DECK_EMPTY
    return RUNNING


@kernel
def read_hint(game: Game, move: Int) -> tuple[Int, Int, Int]:
    """What a hint's id means: its Kind, the seat hinted at, the colour or rank."""
    players, values = np.int64(game.players), np.int64(game.colours)
    kind = _COLOUR
    hint = move - 2 * np.int64(game.hand_size)
    if hint >= (players - 1) * values:
        kind = _RANK
        hint -= (players - 1) * values
        values = np.int64(game.ranks)
    offset = 1
    while hint >= values:
        hint -= values
        offset += 1
    return kind, seat_after(np.int64(game.to_move), offset, players), hint


@kernel
def make_move(game: Game, move: Int) -> None:
    """Make one legal move."""
    hand_size, mover = np.int64(game.hand_size), np.int64(game.to_move)
    if game.drawn == game.deck_size:
        game.turns_left -= 1
    effect, touched = 0, np.uint32(0)
    if move >= 2 * hand_size:
        kind, where, what = read_hint(game, move)
        touched = give_hint(game, where, kind, what)
        game.info -= 1
    elif move >= hand_size:
        kind, where = _PLAY, move - hand_size
        what = take_card(game, mover, where)
        effect = play_card(game, what)
    else:
        kind, where = _DISCARD, move
        what = take_card(game, mover, where)
        game.discards[what] += 1
        game.info += 1
    remember(game, kind, where, what, effect, touched)
    game.turn += 1
    game.ending = ending_of(game)
    if kind <= _PLAY:
        if game.ending == RUNNING:
            draw_card(game, mover)
        look_at_hand(game, mover)
    game.to_move = seat_after(mover, 1, np.int64(game.players))
    game.legal = legal_moves(game)


@kernel
def remember(game: Game, kind: Int, where: Int, what: Int, effect: Int, touched: Int) -> None:
    """Keep the mover's move among the last ones."""
    now = np.int64(game.turn) % HISTORY
    game.last[now, ACTOR] = game.to_move
    game.last[now, KIND] = kind
    game.last[now, WHERE] = where
    game.last[now, WHAT] = what
    game.last[now, EFFECT] = effect
    game.touched[now] = touched


@kernel
def step(games: Table, moves: NDArray[np.int64], strict: bool, rewards: NDArray[np.int8]) -> None:
    """Make one move in every game.

    Args:
      games: GAME[G], changed in place.
      moves: int64[G] legal moves; −1 leaves the game as it is.
      strict: bool, whether the score falls to 0 with the last life.
      rewards: int8[G] written: score after minus score before.
    """
    for g in range(len(moves)):
        rewards[g] = 0
        if moves[g] >= 0:
            game = games[g]
            before = score(game, strict)
            make_move(game, moves[g])
            rewards[g] = score(game, strict) - before


@kernel
def first_illegal(games: Table, moves: NDArray[np.int64]) -> Int:
    """int64: the first game whose move is neither legal nor −1 (pass); −1 if there is none."""
    for g in range(len(moves)):
        move = moves[g]
        if move >= MAX_MOVES or move < -1 or (move >= 0 and not (games[g].legal >> np.uint64(move)) & _ONE):
            return g
    return -1
