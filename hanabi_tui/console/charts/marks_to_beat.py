"""What others reached in the full game of 25 points, from their publications: strict score, mean over games.

Rainbow       Bard et al., "The Hanabi Challenge", Artificial Intelligence 280 (2020): an agent
              for each number of players
hat bot       the README of hanabi.rs (github.com/WuTheFWasThat/hanabi.rs): its bot that guesses hats
SAD           Hu and Foerster, "Simplified Action Decoder for Deep Multi-Agent Reinforcement Learning",
              ICLR 2020
best learned  IPPO with a recurrent network and an entropy bonus of 0.05: the highest mean known to us for
              self-play without search at test time
"""

from hanabi_tui.console.charts.figure import Goal

PUBLISHED: dict[int, tuple[Goal, ...]] = {
    2: (
        Goal(20.64, "Rainbow"),
        Goal(22.52, "hat bot"),
        Goal(24.01, "SAD"),
        Goal(24.48, "best learned"),
    ),
    3: (Goal(18.71, "Rainbow"), Goal(24.79, "hat bot")),
    4: (Goal(18.00, "Rainbow"), Goal(24.94, "hat bot")),
    5: (Goal(15.26, "Rainbow"), Goal(24.92, "hat bot")),
}
"""By number of players, from the lowest up."""


def goals_for(variants: list[str]) -> tuple[Goal, ...]:
    """The marks for an evaluation of these variants, as Score names them; none unless it is one full game."""
    if len(variants) != 1:
        return ()
    name, _, players = variants[0].partition(", ")
    number = players.split(" ")[0]
    return PUBLISHED.get(int(number), ()) if name == "full" and number.isdecimal() else ()
