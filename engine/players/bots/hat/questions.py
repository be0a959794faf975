"""The hat: a number for each hand, below an agreed bound, from which its holder learns most.

The number is the answers to questions about the hand, asked one after the other as digits of a mixed radix,
each question chosen from what is publicly known, the earlier answers included. Three questions exist:

- the first of a list of cards that is playable (or, further down the list, dead), if any;
- whether one card is playable;
- in which of several classes of kinds a card is, the dead ones being a class of their own.

The questions follow the program hanabi.rs (src/strategies/information.rs).
"""

from typing import Any, TypeAlias

import numpy as np

from engine.game.kernels import Int, kernel
from engine.game.rules import Game
from engine.game.variants import MAX_DECK
from engine.players.bots.hat.knowledge import Layers, View, narrow, possible, share
from engine.players.bots.kinds import bit, is_single, lowest, size, without_lowest

NONE, FIRST, SINGLE, CLASS = 0, 1, 2, 3
"""Kinds of questions."""

DESK = np.dtype(
    [
        ("question", np.uint8),  # NONE, FIRST, SINGLE or CLASS
        ("length", np.int64),  # cards on the list of FIRST
        ("slot", np.int64),  # the card that SINGLE and CLASS ask about
        ("classes", np.int64),  # how many answers CLASS has
        ("list_slot", np.int64, (MAX_DECK,)),  # FIRST: cards in the order asked
        ("list_dead", np.uint8, (MAX_DECK,)),  # FIRST: whether it is asked to be dead, not playable
        ("list_chance", np.float64, (MAX_DECK,)),  # FIRST: how likely that is
    ],
    align=True,
)
"""The question at hand; scratch, one for all games."""

Desk: TypeAlias = Any
"""One DESK, inside a kernel."""

SURE_PLAY = 0.7
SURE_PLAY_WITHIN = 0.2
"""A hand that knows a playable card asks for another only if the chance is about this."""

TRUTH = -1


@kernel
def learn_hand(game: Game, view: View, desk: Desk, board: Layers, seat: Int, bound: Int, told: Int) -> Int:
    """Narrow a view by the number of a seat's hand, which is in [0, bound).

    `told` is the number, or TRUTH if it is to be found from the cards, which the holder must not do.
    Returns the number found, or what is left of the one told: 0, if any hand has that number.
    """
    number, scale = 0, 1
    while bound > 1:
        answers = ask(game, view, desk, board, seat, bound)
        if answers == 1:
            break
        if told == TRUTH:
            answer = answer_of(game, view, desk, board, seat)
            number += scale * answer
            scale *= answers
        else:
            answer = told % answers
            told //= answers
        bound = (bound - 1 - answer) // answers + 1
        take_answer(game, view, desk, board, seat, answer)
    return number if told == TRUTH else told


@kernel
def ask(game: Game, view: View, desk: Desk, board: Layers, seat: Int, bound: Int) -> Int:
    """Choose the next question about a hand. Returns how many answers it has, at most `bound`; 1: none."""
    desk.question = NONE
    if not knows(game, view, board, seat, board.playable):
        list_cards(game, view, desk, board, seat, bound - 1)
        if desk.length > 0:
            desk.question = FIRST
            return desk.length + 1
    best, nearest, liveliest, least = -1, SURE_PLAY_WITHIN, -1, 2.0
    first = seat * np.int64(game.hand_size)
    for slot in range(np.int64(game.held[seat])):
        kinds = possible(game, view, board, np.int64(game.hands[first + slot]))
        if is_single(kinds) or kinds & ~board.dead == 0:
            continue
        off = abs(share(board, kinds, board.playable) - SURE_PLAY)
        if off < nearest:
            best, nearest = slot, off
        dead = share(board, kinds, board.dead)
        if dead < least:
            liveliest, least = slot, dead
    if best >= 0:
        desk.question, desk.slot = SINGLE, best
        return 2
    if liveliest >= 0:
        desk.question, desk.slot = CLASS, liveliest
        kinds = possible(game, view, board, np.int64(game.hands[first + liveliest]))
        has_dead = 1 if kinds & board.dead != 0 else 0
        desk.classes = min(size(kinds & ~board.dead), bound - has_dead) + has_dead
        return desk.classes
    return 1


@kernel
def knows(game: Game, view: View, board: Layers, seat: Int, kinds: Int) -> bool:
    """Whether it is known of some card in a hand that it is one of a set of kinds."""
    first = seat * np.int64(game.hand_size)
    for i in range(first, first + np.int64(game.held[seat])):
        if possible(game, view, board, np.int64(game.hands[i])) & ~kinds == 0:
            return True
    return False


@kernel
def list_cards(game: Game, view: View, desk: Desk, board: Layers, seat: Int, most: Int) -> None:
    """Put the cards that may be playable on the list, then those that may be dead, `most` in all.

    The likeliest are listed. They stand at the end: a yes tells that all before are a no.
    """
    desk.length = 0
    some_dead = knows(game, view, board, seat, board.dead)
    first = seat * np.int64(game.hand_size)
    for dead in (False, True):
        if dead and some_dead:
            break
        wanted = board.dead if dead else board.playable
        begin = desk.length
        for slot in range(np.int64(game.held[seat])):
            kinds = possible(game, view, board, np.int64(game.hands[first + slot]))
            if not is_single(kinds) and kinds & ~board.dead != 0 and kinds & wanted != 0:
                chance = share(board, kinds, wanted)
                enlist(desk, begin, slot, dead, chance, most)


@kernel
def enlist(desk: Desk, begin: Int, slot: Int, dead: bool, chance: float, most: Int) -> None:
    """Insert a card into the part of the list from `begin`, by rising chance; a full list loses its least."""
    if desk.length == most:
        if begin == most or chance <= desk.list_chance[begin]:
            return
        drop = begin
        while drop + 1 < most and desk.list_chance[drop + 1] == desk.list_chance[begin]:
            drop += 1
        for i in range(drop, most - 1):
            move_entry(desk, i + 1, i)
        desk.length -= 1
    i = desk.length
    while i > begin and desk.list_chance[i - 1] > chance:
        move_entry(desk, i - 1, i)
        i -= 1
    desk.list_slot[i], desk.list_dead[i], desk.list_chance[i] = slot, dead, chance
    desk.length += 1


@kernel
def move_entry(desk: Desk, source: View, target: View) -> None:
    """Copy one entry of the list."""
    desk.list_slot[target] = desk.list_slot[source]
    desk.list_dead[target] = desk.list_dead[source]
    desk.list_chance[target] = desk.list_chance[source]


@kernel
def answer_of(game: Game, view: View, desk: Desk, board: Layers, seat: Int) -> Int:
    """The true answer to the question at hand."""
    first = seat * np.int64(game.hand_size)
    if desk.question == FIRST:
        for i in range(desk.length):
            wanted = board.dead if desk.list_dead[i] else board.playable
            if bit(game.deck[game.hands[first + desk.list_slot[i]]]) & wanted != 0:
                return i + 1
        return 0
    place = np.int64(game.hands[first + desk.slot])
    card = bit(game.deck[place])
    if desk.question == SINGLE:
        return 1 if card & board.playable != 0 else 0
    return class_of(possible(game, view, board, place), board, desk.classes, card)


@kernel
def class_of(kinds: Int, board: Layers, classes: Int, card: Int) -> Int:
    """The class of a card: the last for dead ones, the others in turn, lowest kind first."""
    has_dead = 1 if kinds & board.dead != 0 else 0
    if has_dead and card & board.dead != 0:
        return classes - 1
    before = size(kinds & ~board.dead & (card - np.uint64(1)))
    return before % (classes - has_dead)


@kernel
def take_answer(game: Game, view: View, desk: Desk, board: Layers, seat: Int, answer: Int) -> None:
    """Narrow a view by the answer to the question at hand."""
    first = seat * np.int64(game.hand_size)
    if desk.question == FIRST:
        for i in range(desk.length if answer == 0 else answer):
            wanted = board.dead if desk.list_dead[i] else board.playable
            place = np.int64(game.hands[first + desk.list_slot[i]])
            narrow(game, view, board, place, wanted if i + 1 == answer else ~wanted)
        return
    place = np.int64(game.hands[first + desk.slot])
    if desk.question == SINGLE:
        narrow(game, view, board, place, board.playable if answer == 1 else ~board.playable)
        return
    kinds = possible(game, view, board, place)
    allowed, rest = np.uint64(0), kinds
    while rest != 0:
        card = bit(lowest(rest))
        rest = without_lowest(rest)
        if class_of(kinds, board, desk.classes, card) == answer:
            allowed |= card
    narrow(game, view, board, place, allowed)
