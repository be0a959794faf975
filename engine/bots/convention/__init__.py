"""The convention player: hints call for plays and warn of discards, by agreement.

    board (engine.bots) → notes → hints → forecast → choice → player

`notes` holds what all know, `hints` the convention, `forecast` what others will do, `choice` the best move.
"""

from engine.bots.convention.player import ConventionBot

__all__ = ["ConventionBot"]
