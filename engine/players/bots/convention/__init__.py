"""The convention player: hints call for plays and warn of discards, by agreement.

    kinds, board, sight (engine.players.bots) → losses → notes → hints → forecast → choice → player

`losses` says what a lost card costs, `notes` holds what all know, `hints` the convention, `forecast` what
others will do, `choice` the best move.
"""

from engine.players.bots.convention.player import ConventionBot

__all__ = ["ConventionBot"]
