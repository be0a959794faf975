"""The compact row: all that a player knows, in 169 unsigned bytes.

It is made to be stored, sent and learned from; networks expand it themselves. It is as wide for two players
as for five, so one batch may mix variants. `docs/game.md` shows the same layout as a table.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import RowError, ShapeError
from engine.game import arrays, rules
from engine.game.games import Games
from engine.game.kernels import Int, kernel
from engine.game.moves import SHARED, Kind
from engine.game.row_version import ROW_VERSION
from engine.game.rules import Game, Table
from engine.game.variants import KINDS, MAX_COLOURS, MAX_PLAYERS, MAX_RANKS, NO_CARD

VERSION = ROW_VERSION

SLOTS = 5
"""The largest hand a row can hold."""

HIDDEN = 1 + KINDS
"""Stands for one's own card, which one does not see."""

_COLOUR_KIND = int(Kind.COLOUR)

ROW = np.dtype(
    [
        ("version", np.uint8),
        # the variant
        ("players", np.uint8),
        ("colours", np.uint8),
        ("ranks", np.uint8),
        ("hand_size", np.uint8),
        ("max_info", np.uint8),
        ("max_lives", np.uint8),
        # the table
        ("info", np.uint8),
        ("lives", np.uint8),
        ("deck_left", np.uint8),
        ("turns_left", np.uint8),
        ("stacks", np.uint8, (MAX_COLOURS,)),
        ("discards", np.uint8, (MAX_COLOURS, MAX_RANKS)),
        # the hands, the player's own first, then in order of play; slot 0 is the oldest card
        ("cards", np.uint8, (MAX_PLAYERS, SLOTS)),
        ("colours_left", np.uint8, (MAX_PLAYERS, SLOTS)),
        ("ranks_left", np.uint8, (MAX_PLAYERS, SLOTS)),
        ("hint_age", np.uint8, (MAX_PLAYERS, SLOTS)),
        # the last moves, newest first: actor, kind, where, what, effect
        ("last", np.uint8, (rules.HISTORY, 5)),
        ("legal", np.uint8, (7,)),
        ("seat", np.uint8),
    ]
)
"""One row, as a record; every field is of unsigned bytes, so ROW[N] and uint8[N, 169] are the same memory."""

WIDTH = ROW.itemsize

MEANINGS = {
    "version": "layout version, 1",
    "players": "players, 2–5",
    "colours": "colours, 1–5",
    "ranks": "ranks, 1–5",
    "hand_size": "cards in a full hand, 1–5",
    "max_info": "information tokens at the start",
    "max_lives": "life tokens at the start",
    "info": "information tokens",
    "lives": "life tokens",
    "deck_left": "cards in the deck",
    "turns_left": "moves left once the deck is empty; the number of players before",
    "stacks": "cards on the stack of each colour",
    "discards": "discarded or misplayed cards, by colour and rank",
    "cards": "cards in the hands, by seat after the observer (0: the observer) and slot (0: the oldest): "
    "0 no card, 1 + 5·colour + rank, 26 the observer's own",
    "colours_left": "what the holder can know of each card's colour: bits 0–4 not excluded by hints, bit 5 "
    "named by a hint; 0 no card",
    "ranks_left": "the same of each card's rank",
    "hint_age": "how many moves ago a hint last pointed out each card: 1 the last move, at most 255, 0 never",
    "last": "the last four moves, newest first, five bytes each: actor (0 no move, else 1 + seats after the "
    "observer); kind (0 discard, 1 play, 2 colour hint, 3 rank hint); where (slot played or discarded, or "
    "seats after the observer of who was hinted at); what (1 + 5·colour + rank of the card, or the colour or "
    "rank named); effect (of a play: bit 0 scored, bit 1 token returned; of a hint: slots touched, as bits)",
    "legal": "legal moves of the observer, as bits, least significant first, by shared number (see Moves); "
    "all 0 when it is not the observer's turn or the game is over",
    "seat": "the observer's seat, 0 moves first",
}
"""What each field means; the documentation is made from this."""

Row: TypeAlias = Any
"""One record of ROW[N], inside a kernel."""

Rows: TypeAlias = NDArray[np.uint8]
"""uint8[N, 169]."""


def observe(games: Games, seats: ArrayLike | None = None, out: Rows | None = None) -> Rows:
    """What one player of each game knows.

    Args:
      games: G games.
      seats: int[G] the observing seat of each game; None: the player to move.
      out: uint8[G, 169] to write into, contiguous; None: a new array.

    Returns:
      uint8[G, 169] rows.

    Raises:
      RowError: a hand over 5 cards, or a seat the game does not have.
      ShapeError: no such array to write into, or of seats.
    """
    _refuse_large_hands(games)
    out = arrays.output("out", out, len(games), WIDTH)
    _observe(games.table, seats_of(games, seats), out, out.view(ROW)[:, 0])
    return out


def _refuse_large_hands(games: Games) -> None:
    if any(variant.hand_size > SLOTS for variant in games.kinds):
        game = int(games.table["hand_size"].argmax())
        raise RowError(
            f"game {game} ({games.variants[game]}): hands of {games.variants[game].hand_size} cards, "
            f"a compact row holds up to {SLOTS}; the canonical vector holds any"
        )


def seats_of(games: Games, seats: ArrayLike | None) -> NDArray[np.uint8]:
    """uint8[G]: the observing seats, checked. Raises RowError naming the game, or ShapeError."""
    if seats is None:
        return games.to_move
    given = arrays.whole_numbers("seats", seats, (len(games),))
    bad = np.flatnonzero((given < 0) | (given >= games.table["players"]))
    if bad.size:
        game = int(bad[0])
        players = games.variants[game].players
        raise RowError(f"seats[{game}] = {given[game]}: allowed are 0 to {players - 1}")
    return given.astype(np.uint8)


def own_cards(games: Games, seats: ArrayLike | None = None) -> NDArray[np.uint8]:
    """uint8[G, 5]: the true cards of the observer, coded as in a row: what belief heads learn to guess.

    Raises RowError as `observe` does.
    """
    _refuse_large_hands(games)
    out = np.empty((len(games), SLOTS), dtype=np.uint8)
    _own_cards(games.table, seats_of(games, seats), out)
    return out


def read(rows: Rows) -> NDArray[np.void]:
    """ROW[N]: the same memory, by field names.

    Raises:
      ShapeError: not uint8[N, 169].
      RowError: rows of another version.
    """
    if not isinstance(rows, np.ndarray) or rows.dtype != np.uint8 or rows.shape[1:] != (WIDTH,):
        kind = f"{rows.dtype}{list(rows.shape)}" if isinstance(rows, np.ndarray) else type(rows).__name__
        raise ShapeError(f"rows: uint8[N, {WIDTH}] expected, {kind} given")
    records = np.ascontiguousarray(rows).view(ROW)[:, 0]
    strange = records["version"] != VERSION
    if strange.any():
        n = int(strange.argmax())
        raise RowError(f"row {n} has version {records['version'][n]}; this program reads {VERSION}")
    return records


def legal_mask(rows: Rows) -> NDArray[np.bool_]:
    """bool[N, 50]: legal moves by shared number."""
    return np.unpackbits(read(rows)["legal"], axis=1, count=SHARED.moves, bitorder="little").astype(np.bool_)


@kernel
def _observe(games: Table, seats: NDArray[np.uint8], cells: Rows, rows: NDArray[np.void]) -> None:
    """Write rows; `cells` is the same memory, to wipe it in one go: faster than each empty slot by itself."""
    for g in range(len(games)):
        for i in range(WIDTH):
            cells[g, i] = 0
        _write_row(games[g], np.int64(seats[g]), rows[g])


@kernel
def _write_row(game: Game, seat: Int, row: Row) -> None:
    row.version = VERSION
    row.players = game.players
    row.colours = game.colours
    row.ranks = game.ranks
    row.hand_size = game.hand_size
    row.max_info = game.max_info
    row.max_lives = game.max_lives
    row.info = game.info
    row.lives = game.lives
    row.deck_left = game.deck_size - game.drawn
    row.turns_left = game.turns_left
    row.seat = seat
    for colour in range(MAX_COLOURS):
        row.stacks[colour] = game.stacks[colour]
        for rank in range(MAX_RANKS):
            row.discards[colour, rank] = game.discards[colour * MAX_RANKS + rank]
    _write_hands(game, seat, row)
    _write_last_moves(game, seat, row)
    legal = shared_legal(game) if seat == game.to_move else np.uint64(0)
    for byte in range(7):
        row.legal[byte] = (legal >> np.uint64(8 * byte)) & np.uint64(255)


@kernel
def _write_hands(game: Game, seat: Int, row: Row) -> None:
    players, hand_size = np.int64(game.players), np.int64(game.hand_size)
    for offset in range(players):
        other = rules.seat_after(seat, offset, players)
        for slot in range(np.int64(game.held[other])):
            place = game.hands[other * hand_size + slot]
            row.cards[offset, slot] = HIDDEN if offset == 0 else 1 + game.deck[place]
            row.colours_left[offset, slot] = game.colours_left[place]
            row.ranks_left[offset, slot] = game.ranks_left[place]
            row.hint_age[offset, slot] = _hint_age(game, place)


@kernel
def _hint_age(game: Game, place: Int) -> Int:
    hinted = np.int64(game.hinted[place])
    age = min(np.int64(game.turn) + 1 - hinted, 255)
    return age if hinted > 0 else 0


@kernel
def _write_last_moves(game: Game, seat: Int, row: Row) -> None:
    players, turn = np.int64(game.players), np.int64(game.turn)
    for back in range(rules.HISTORY):
        entry = (turn - 1 - back) % rules.HISTORY
        actor = np.int64(game.last[entry, rules.ACTOR])
        if actor == NO_CARD:
            return
        kind = game.last[entry, rules.KIND]
        where, what = np.int64(game.last[entry, rules.WHERE]), game.last[entry, rules.WHAT]
        row.last[back, rules.ACTOR] = 1 + rules.seat_after(actor, players - seat, players)
        row.last[back, rules.KIND] = kind
        if kind >= _COLOUR_KIND:
            row.last[back, rules.WHERE] = rules.seat_after(where, players - seat, players)
            row.last[back, rules.WHAT] = what
            row.last[back, rules.EFFECT] = game.touched[entry]
        else:
            row.last[back, rules.WHERE] = where
            row.last[back, rules.WHAT] = 1 + what
            row.last[back, rules.EFFECT] = game.last[entry, rules.EFFECT]


@kernel
def shared_legal(game: Game) -> Int:
    """uint64: the legal moves as bits in the shared numbers. Hands up to 5 cards only."""
    hand_size = np.uint64(game.hand_size)
    legal, hand = np.uint64(game.legal), (np.uint64(1) << hand_size) - np.uint64(1)
    shared = (legal & hand) | ((legal >> hand_size) & hand) << np.uint64(SLOTS)
    legal >>= np.uint64(2) * hand_size
    others = np.int64(game.players) - 1
    shift = np.uint64(2 * SLOTS)
    for values in (np.uint64(game.colours), np.uint64(game.ranks)):
        named = (np.uint64(1) << values) - np.uint64(1)
        to = shift
        for _ in range(others):
            shared |= (legal & named) << to
            legal >>= values
            to += np.uint64(5)
        shift += np.uint64(5 * (MAX_PLAYERS - 1))
    return shared


@kernel
def _own_cards(games: Table, seats: NDArray[np.uint8], cards: NDArray[np.uint8]) -> None:
    for g in range(len(games)):
        write_own_cards(games[g], np.int64(seats[g]), cards[g])


@kernel
def write_own_cards(game: Game, seat: Int, cards: NDArray[np.uint8]) -> None:
    """Write the true cards of a seat, coded as in a row, into uint8[5]."""
    first, held = seat * np.int64(game.hand_size), np.int64(game.held[seat])
    for slot in range(SLOTS):
        cards[slot] = 1 + game.deck[game.hands[first + slot]] if slot < held else 0
