"""What learns: a network, its optimizer, and two averages of its weights."""

import math
from typing import Any, NamedTuple

import safetensors.torch
import torch
from torch import Tensor

from engine.contracts.learner import Greeting, LearnerError, Step, Trained
from engine.game.observation import SLOTS, WIDTH
from engine.learning.loss import belief_loss, value_loss
from engine.learning.optimizer import Optimizer
from engine.learning.portions import Portions
from engine.networks import weights
from engine.networks.architectures import build
from engine.networks.manner import Manner
from engine.networks.tokens import Expansion

AVERAGED = 10
"""Steps between two weights that go into their average; more would cost more and bring nothing."""

AT_ONCE = 2048
"""Rows judged at once; more brings nothing, and takes memory that steps need."""

_OWN, _MOVE, _TARGET = WIDTH, WIDTH + SLOTS, WIDTH + SLOTS + 1


class Lesson(NamedTuple):
    """B samples, taken apart."""

    rows: Tensor  # uint8[B, 169]
    seen: Any  # what the network takes in of them
    own: Tensor  # uint8[B, 5] the player's true cards
    moves: Tensor  # int64[B] shared numbers
    targets: Tensor  # float32[B]


class Pupil:
    """A network at step 0, with first weights from the greeting's seed.

    Attributes:
      step: optimizer steps made.
      keep_average, keep_acting: how much of each average of weights stays at a step.
      flat: float32[N], the weights.
      average: float32[N], their exponential average, which plays better than the weights of any one step
        (Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992).
      acting: float32[N], a shorter average, which workers play with: their values are targets, and swing
        less; the best of moves is less often the most overrated one.
      player: the network of these.
      portions: how many samples fit into the device's memory.
    """

    def __init__(self, greeting: Greeting, device: torch.device, manner: Manner | None = None) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(greeting.seed)
            self.network = build(greeting.model).to(device)
        self._manner, self._architecture = manner or Manner(), greeting.model.architecture
        self._body = self.network.body
        if self._manner.compiled:
            self._body = torch.compile(self.network.body)
            for module in self.network.modules():
                if isinstance(module, Expansion):
                    module.whole = True  # what is compiled should not depend on the rows
        self.portions = Portions()
        self.step = 0
        self.run = greeting.run
        self.keep_average, self.keep_acting = greeting.weight_average, greeting.acting_average
        self.flat = weights.flatten(self.network)
        self.average = self.flat.clone()
        self.player = build(greeting.model).to(device)
        self.acting = weights.flatten(self.player)
        self.acting.copy_(self.flat)
        self._gradient = weights.flatten_gradients(self.network)
        half = self._manner.half(device, self._architecture)
        self._optimizer = Optimizer(self.flat, self._gradient, weights.shapes(self.network), half=half)

    @property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        return weights.digest(self.flat.cpu().numpy())

    def read(self, samples: Tensor) -> Lesson:
        """What a step needs of samples, uint8[B, 179], on the device of the weights."""
        rows = samples[:, :WIDTH].contiguous()
        return Lesson(
            rows=rows,
            seen=self.network.look(rows),
            own=samples[:, _OWN:_MOVE],
            moves=samples[:, _MOVE].long(),
            # cloned: of a single sample they lie together already, but where no float may begin
            targets=samples[:, _TARGET:]
            .clone(memory_format=torch.contiguous_format)
            .view(torch.float32)[:, 0],
        )

    def learn(self, step: Step, samples: Tensor) -> Trained:
        """One optimizer step on samples, uint8[B, 179]; one whose gradient is no number moves nothing.

        Raises LearnerError where there is no room for it, whatever it is split into; nothing moved then.
        """
        losses = torch.zeros(2, device=self.flat.device)

        def restart() -> None:
            losses.zero_()
            self._gradient.zero_()

        self.portions.each(len(samples), restart, lambda part: self._add(step, samples, part, losses))
        loss, beliefs, norm = torch.cat([losses, self._gradient.norm()[None]]).tolist()
        if math.isfinite(norm) and math.isfinite(loss):
            self._move(step, norm)
        self.step = step.number
        return Trained(
            number=step.number,
            loss=loss,
            belief_loss=beliefs if step.belief_weight else math.nan,
            gradient_norm=norm,
        )

    def _add(self, step: Step, samples: Tensor, part: slice, losses: Tensor) -> None:
        """Add what a part of some samples makes of the gradient, and of their losses (float32[2])."""
        lesson = self.read(samples[part])
        with self._manner.sums(samples.device, self._architecture):
            made = self._body(lesson.seen)
        values = self.network.weigh(made, lesson.rows)
        loss = value_loss(values, lesson.moves, lesson.targets, step.bend)
        beliefs = belief_loss(self.network.guess(made), lesson.own) if step.belief_weight else None
        if len(lesson.rows) < len(samples):  # means, over rows and over cards, of a part's share in the whole
            loss = loss * (len(lesson.rows) / len(samples))
            held, of = (lesson.own > 0).sum(), (samples[:, _OWN:_MOVE] > 0).sum()
            beliefs = None if beliefs is None else beliefs * (held / of.clamp(min=1))
        torch.autograd.backward(loss if beliefs is None else loss + step.belief_weight * beliefs)
        losses[0] += loss.detach()
        if beliefs is not None:
            losses[1] += beliefs.detach()

    def judge(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """int64[N], float32[N]: the best moves in rows, uint8[N, 169], N > 0, and their values."""
        values = []
        with torch.inference_mode():
            for part in torch.split(rows, AT_ONCE):
                seen = self.player.look(part)
                with self._manner.sums(rows.device, self._architecture):
                    made = self.player.body(seen)
                values.append(self.player.weigh(made, part).max(1))
        return torch.cat([best.indices for best in values]), torch.cat([best.values for best in values])

    def _move(self, step: Step, norm: float) -> None:
        if norm > step.gradient_clip:
            self._gradient.mul_(step.gradient_clip / norm)
        self._optimizer.move(step.number, step.learning_rate, step.weight_decay)
        self.acting.lerp_(self.flat, 1 - _kept(self.keep_acting, step.number, 1))
        if step.number % AVERAGED == 0:
            self.average.lerp_(self.flat, 1 - _kept(self.keep_average, step.number, AVERAGED))

    def keep(self) -> bytes:
        """Everything as safetensors."""
        return safetensors.torch.save({name: tensor.cpu() for name, tensor in self._state().items()})

    def restore(self, kept: bytes) -> None:
        """Stand where `keep` stood. Raises LearnerError."""
        try:
            found = safetensors.torch.load(kept)
        except Exception as error:
            raise LearnerError(f"the snapshot cannot be read: {error}") from None
        mine = self._state()
        for name, tensor in mine.items():
            wanted, given = _described(tensor), _described(found[name]) if name in found else "missing"
            if given != wanted:
                raise LearnerError(f"snapshot: {name} is {given}; this network needs {wanted}")
        for name, tensor in mine.items():
            with torch.no_grad():
                tensor.copy_(found[name])
        self.step = int(found["step"][0])

    def _state(self) -> dict[str, Tensor]:
        """All that moves in learning, by name; to be written to, but for `step`."""
        step = torch.tensor([self.step], dtype=torch.int64)
        averages = {"average": self.average, "acting": self.acting}
        return {"weights": self.flat, **averages, "step": step, **self._optimizer.state}


def _kept(keep: float, step: int, every: int) -> float:
    """How much of an average stays, `every` steps after the last time.

    A young average forgets faster, so that it does not drag the first weights along.
    """
    return min(keep**every, step / (step + 10 * every))


def _described(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')}{list(tensor.shape)}"
