"""Where each feature of a multilayer perceptron stands, by the largest games that it shall see.

Letters: A numbers · M marks · H hints.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.game import rules
from engine.game.moves import to_shared
from engine.game.variants import KINDS, MAX_COLOURS, MAX_PLAYERS, MAX_RANKS
from engine.networks.largest import Largest
from engine.networks.marks import COPIES, DECK, FACTS, KNOWN, LIVES, MOVE, OTHER, SLOTS, TOKENS
from engine.networks.touched import MOST_OF_A_CARD, MOST_OF_AN_OWN_CARD, TOUCHED_MARKS


class Layout(Largest):
    """Where each group of features stands, for games that are no larger.

    A feature of what a smaller game does not have stays 0. Numbers and moves cost time though they are 0, so
    there are no more of them than the largest game needs; marks that are never set cost none, so a card, or
    one of the last moves, has as many in every layout.
    """

    @property
    def numbers(self) -> int:
        """A: how many numbers there are: of one's own cards, of the others', and the share of the deck."""
        return self.hand_size * (self.own_numbers + (self.players - 1) * self.told) + 1

    @property
    def told(self) -> int:
        """How many kinds of cards beliefs are about: those of the first colours."""
        return self.colours * MAX_RANKS

    @property
    def own_numbers(self) -> int:
        """How many numbers are of one own card: how likely it is of each kind, and of each worth."""
        return self.told + FACTS

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """int64[11]: the first mark of each group, and the number of all marks."""
        sizes = [
            self.hand_size * KNOWN,
            (self.players - 1) * self.hand_size * OTHER,
            MAX_COLOURS * (MAX_RANKS + 1),
            KINDS * COPIES,
            TOKENS,
            LIVES,
            DECK,
            MAX_PLAYERS + 1,
            MAX_PLAYERS + MAX_COLOURS + MAX_RANKS + SLOTS,
            rules.HISTORY * (MOVE + 2 * self.players),
        ]
        return np.cumsum([0, *sizes])

    @property
    def marks(self) -> int:
        """How many marks there are."""
        return int(self.starts[-1])

    @property
    def hints(self) -> int:
        """H: how many hints there are: each colour to each of the others, then each rank."""
        return (self.players - 1) * (self.colours + self.ranks)

    @property
    def moves(self) -> NDArray[np.int64]:
        """int64[K]: the shared numbers of the moves there are: discards, plays, hints as above."""
        return to_shared(self)

    @property
    def hint_marks(self) -> int:
        """How many marks of hints there are."""
        return TOUCHED_MARKS + self.hints

    @property
    def most_of_hints(self) -> int:
        """No row has more marks of hints: each card is touched by two."""
        return self.hints + (self.players - 1) * self.hand_size * 2 * MOST_OF_A_CARD

    @property
    def most_own(self) -> int:
        """No row has more marks of own cards."""
        return self.hand_size * MOST_OF_AN_OWN_CARD

    @property
    def most(self) -> int:
        """No row sets more marks than this."""
        known = MAX_COLOURS + MAX_RANKS + 1
        hands = self.hand_size * (known + (self.players - 1) * (known + 2))
        return hands + MAX_COLOURS + KINDS * COPIES + 4 + 4 + rules.HISTORY * (4 + SLOTS)
