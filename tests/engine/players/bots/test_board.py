"""The open cards, judged by the slow and obvious `worth` of one card."""

import numpy as np
import pytest
from hidden_cards import open_table

from engine import Games, Variant, chance, preset
from engine.game.variants import MAX_RANKS, copies
from engine.players.bots.board import BOARD, put_on_stack, survey
from engine.records.worth import Worth, worth

VARIANTS = [preset("full"), preset("small", 3), Variant(players=4, colours=3, ranks=4, hand_size=3)]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_a_kind_is_playable_dead_or_critical_as_the_worth_of_a_card_says(variant: Variant) -> None:
    stream, board = chance.stream(1), np.zeros(1, dtype=BOARD)[0]
    games = Games.shuffled([variant] * 20, stream)
    met = set()
    while not games.over.all():
        for game in games.table:
            survey(board, game)
            for kind in np.unique(variant.full_deck).tolist():
                discarded, stack = int(game["discards"][kind]), int(game["stacks"][kind // MAX_RANKS])
                played = kind % MAX_RANKS < stack
                left = copies(kind % MAX_RANKS, variant.ranks) - discarded
                assert board["left"][kind] == left - played
                assert int(board["gone"]) >> kind & 1 == (left == played)
                if left == 0:
                    assert int(board["dead"]) >> kind & 1
                    continue
                value = worth(game, kind)
                met.add(value)
                assert int(board["playable"]) >> kind & 1 == (value is Worth.PLAYS)
                assert int(board["dead"]) >> kind & 1 == (value is Worth.DEAD)
                assert int(board["critical"]) >> kind & 1 == (value is not Worth.DEAD and left == 1)
                assert value is not Worth.LAST or left == 1
        games.step(games.random_moves(stream))
    assert met == set(Worth)


def test_a_board_after_a_play_is_that_of_the_table_after_it() -> None:
    games = Games.shuffled([preset("full")], chance.stream(2))
    game, boards = open_table(games)[0], np.zeros(3, dtype=BOARD)
    for kind in (5, 6, 0, 7, 20):
        survey(boards[0], game)
        put_on_stack(boards[1], boards[0], kind)
        game["stacks"][kind // MAX_RANKS] += 1
        survey(boards[2], game)
        assert boards[1] == boards[2]
