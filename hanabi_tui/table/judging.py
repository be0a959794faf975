"""Judging a game: what an agent makes of each turn, and what can be known of hidden cards.

Letters: T turns · S slots (5) · K kinds of cards (25) · M shared moves (50).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import AgentError, ConfigError
from engine.game import rules
from engine.game.colour_order import by_own_names, colours_by_own_names, put_in_order
from engine.game.moves import from_shared
from engine.game.variants import MAX_COLOURS, Variant
from engine.networks.features import expand, own_beliefs
from engine.networks.layout import Layout
from engine.players.bots import BOTS
from engine.records.reading import position_of
from engine.records.text import shown
from engine.settings.config import TrainingSection
from engine.store.directory import read_settings
from engine.store.manifest import GenerationError
from hanabi_tui.table.messages import Appraisal, TableError
from hanabi_tui.table.sitting import Sitting

if TYPE_CHECKING:
    from engine.players.checkpoint_player import Checkpoint

CARDS = "what hints and visible cards leave possible"
HEAD = "the network's belief head"
DIGITS = 3
"""Of numbers that people read."""


@dataclass(frozen=True)
class Judged:
    """What an agent thinks of the turns of a game."""

    agent: str
    source: str
    appraisals: tuple[Appraisal, ...]
    remark: str = ""


class Judge:
    """Judges games with checkpoints, each read once."""

    def __init__(self) -> None:
        self._read: dict[str, Checkpoint] = {}

    def forget(self) -> None:
        """The newest checkpoint may be another one by now."""
        self._read.clear()

    def judge(self, agent: str, sitting: Sitting, since: int = 0) -> Judged:
        """What an agent thinks of a game's turns from one on.

        Raises GenerationError for a checkpoint that cannot be read, TableError for one that cannot see
        so large a game.
        """
        rows = sitting.rows
        count = len(sitting.records)
        if rows is None:
            return Judged(
                "", "", (Appraisal(),) * (count - since), "hands of more than 5 cards are not judged"
            )
        rows = rows[since:]
        if not agent or agent in BOTS:
            remark = f"{agent} follows rules, and has no values" if agent else ""
            appraisals = tuple(Appraisal(beliefs=_rounded(each)) for each in _from_cards(rows))
            return Judged(agent, CARDS, appraisals, remark)
        found = self._open(agent)
        variant = sitting.recording.variant
        try:
            found.largest.check([variant])
        except AgentError as error:
            raise TableError(f"{shown(found.name)}: {error}") from None
        values, beliefs, source = _ask(found, rows)
        records, moves = sitting.records[since:], sitting.moves[since:]
        discount = _training(found).discount
        appraisals = tuple(_appraisals(records, moves, values, beliefs, variant, discount))
        return Judged(shown(found.name), source, appraisals)

    def _open(self, name: str) -> "Checkpoint":
        if name not in self._read:
            # torch takes seconds to load, and rule bots need none
            from engine.players.checkpoint_player import open_checkpoint

            try:
                self._read[name] = open_checkpoint(name)
            except GenerationError as error:
                raise GenerationError(shown(str(error))) from None
        return self._read[name]


def _from_cards(rows: NDArray[np.uint8]) -> NDArray[np.float32]:
    """float32[T, S, K]: beliefs of the players to move from hints and the cards that they see."""
    return own_beliefs(expand(np.ascontiguousarray(rows), Layout()))


def _ask(
    found: "Checkpoint", rows: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32], str]:
    """float32[T, M] values, float32[T, S, K] beliefs, and where these come from."""
    import torch

    ordered = np.array(rows)
    places = put_in_order(ordered)
    with torch.inference_mode():
        output = found.network(torch.from_numpy(ordered))
    values = by_own_names(output.values.numpy(), places)
    plain = _from_cards(rows)
    if not _training(found).belief_weight:
        return values, plain, CARDS
    logits = output.beliefs
    colours = colours_by_own_names(logits[..., :MAX_COLOURS].softmax(-1).numpy(), places)
    ranks = logits[..., MAX_COLOURS:].softmax(-1).numpy()
    guessed = (colours[..., :, None] * ranks[..., None, :]).reshape(plain.shape)
    guessed = np.where(plain > 0, guessed, 0)  # what the cards rule out is not believed
    total = guessed.sum(-1, keepdims=True)
    return values, np.where(total > 0, guessed / np.maximum(total, 1e-9), plain), HEAD


def _training(found: "Checkpoint") -> TrainingSection:
    """How a checkpoint was trained, as far as its run says so."""
    try:
        return read_settings(found.home).training
    except ConfigError:
        return TrainingSection(belief_weight=0.0, discount=1.0)


def _appraisals(
    records: list[Any],
    moves: list[int],
    values: NDArray[np.float32],
    beliefs: NDArray[np.float32],
    variant: Variant,
    discount: float,
) -> list[Appraisal]:
    to_ids = from_shared(variant)
    best = np.where([record["ending"] == rules.RUNNING for record in records], values.max(1), 0.0)
    scores = [position_of(record).score for record in records]
    found = []
    for turn, record in enumerate(records):
        legal = int(record["legal"])
        valued = {
            int(to_ids[shared]): float(values[turn, shared])
            for shared in np.argsort(-values[turn], kind="stable")
            if to_ids[shared] >= 0 and legal >> int(to_ids[shared]) & 1
        }
        rank, loss, fall = 0, 0.0, 0.0
        if turn < len(moves) and valued:
            made = moves[turn]
            rank = list(valued).index(made) + 1
            loss = float(best[turn]) - valued[made]
            gained = scores[turn + 1] - scores[turn]
            fall = float(best[turn]) - gained - discount * float(best[turn + 1])
        found.append(
            Appraisal(
                values={move: round(value, DIGITS) for move, value in valued.items()},
                beliefs=_rounded(beliefs[turn]),
                rank=rank,
                loss=round(loss, DIGITS),
                fall=round(fall, DIGITS),
            )
        )
    return found


def _rounded(beliefs: NDArray[np.float32]) -> tuple[tuple[float, ...], ...]:
    """Of each card that is held: float32[S, K] as plain numbers."""
    return tuple(tuple(round(float(share), DIGITS) for share in card) for card in beliefs if card.any())
