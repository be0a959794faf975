"""The sections of settings: their keys, with defaults, bounds, units and meanings. Types only.

Names and defaults are those of the distributed training guide. From these types come the flags, the names
in the environment, the example file and the tables of docs/configuration.md. What is `live` may change during
a run; `otherwise` says what can be set instead of what is refused.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct


def _whole(low: int, high: int, meaning: str, **more: Any) -> Meta:
    return Meta(ge=low, le=high, description=meaning, extra=more)


def _real(low: float, high: float, meaning: str, **more: Any) -> Meta:
    return Meta(ge=low, le=high, description=meaning, extra=more)


def _says(meaning: str, **more: Any) -> Meta:
    return Meta(description=meaning, extra=more)


# control characters could write anything to the terminal that shows them; surrogates fit no file
_Line = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f-\x9f\ud800-\udfff]*\Z")]
_Seats = Annotated[int, Meta(ge=2, le=5)]
_Size = Annotated[int, Meta(ge=1, le=5)]


class NetworkSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[network]`: the way to the machine with the GPU."""

    gpu_host: Annotated[
        _Line, _says("host that lends its GPU, as ssh knows it; empty: learn on this machine")
    ] = ""
    gpu_port: Annotated[int, _whole(1, 65535, "port of the learner there")] = 5555
    transport: Annotated[
        Literal["ssh", "dialled", "direct"],
        _says("the way there: through its sshd; from there to here (hanabi-gpu --dial); plain TCP"),
    ] = "ssh"
    gpu_user: Annotated[_Line, _says("user there; empty: as ~/.ssh/config has it")] = ""
    gpu_key: Annotated[_Line, _says("file of the private key; empty: as ~/.ssh/config has it")] = ""
    ssh_port: Annotated[int, _whole(0, 65535, "port of its sshd; 0: as ~/.ssh/config has it")] = 0
    ssh_config: Annotated[_Line, _says("file to read instead of ~/.ssh/config; none: no file")] = ""
    known_hosts: Annotated[_Line, _says("file of accepted host keys; empty: ~/.ssh/known_hosts")] = ""
    gpu_socket: Annotated[
        _Line, _says("Unix socket of the learner: there, instead of the port; here, where it dials in")
    ] = ""
    gpu_start: Annotated[
        _Line, _says("command that starts the learner there, where none answers; empty: nothing is started")
    ] = ""
    auth_token: Annotated[_Line, _says("shared token of both sides", secret=True)] = ""

    def __repr__(self) -> str:
        token = "set" if self.auth_token else "not set"  # reprs get into logs
        return f"NetworkSection(gpu_host={self.gpu_host!r}, transport={self.transport}, auth_token {token})"


class ModelSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[model]`: the network; the same on both sides and for the whole life of a run."""

    architecture: Annotated[Literal["mlp", "transformer"], _says("kind of network: mlp is fast on a CPU")] = (
        "transformer"
    )
    max_players: Annotated[int, _whole(2, 5, "most players of any game it shall see")] = 5
    max_colors: Annotated[int, _whole(1, 5, "most colours")] = 5
    max_ranks: Annotated[int, _whole(1, 5, "most ranks")] = 5
    max_hand_size: Annotated[int, _whole(1, 5, "most cards in hand")] = 5
    d_model: Annotated[int, _whole(8, 2048, "width (transformer)")] = 128
    num_heads: Annotated[int, _whole(1, 64, "attention heads (transformer); must divide d_model")] = 4
    num_layers: Annotated[int, _whole(1, 48, "layers (transformer)")] = 4
    hidden_size: Annotated[int, _whole(8, 8192, "width of a hidden layer (mlp)")] = 256
    hidden_layers: Annotated[int, _whole(1, 16, "hidden layers (mlp)")] = 2


class TrainingSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[training]`: how the learner learns."""

    batch_size: Annotated[int, _whole(1, 65536, "samples in one step", unit="samples", live=True)] = 256
    learning_rate: Annotated[float, _real(1e-8, 1.0, "step length of the optimizer", live=True)] = 1e-4
    decay_start: Annotated[
        float,
        _real(0.0, 1.0, "share of the run after which the learning rate falls in a line to 0", live=True),
    ] = 0.5
    weight_decay: Annotated[float, _real(0.0, 1.0, "pull of weights towards 0", live=True)] = 0.0
    gradient_clip: Annotated[
        float, _real(1e-3, 1e6, "largest length of a gradient; longer ones are shortened", live=True)
    ] = 10.0
    belief_weight: Annotated[
        float, _real(0.0, 100.0, "weight of the loss of beliefs about one's own cards", live=True)
    ] = 0.0
    discount: Annotated[float, _real(0.0, 1.0, "worth of a point one move later")] = 0.99
    trace: Annotated[float, _real(0.0, 1.0, "how far rewards reach back at once: the λ of Q(λ)")] = 0.8
    weight_average: Annotated[
        float,
        _real(
            0.0, 0.999999, "how much of the average of weights, which is evaluated and kept, stays at a step"
        ),
    ] = 0.9995
    acting_average: Annotated[
        float,
        _real(0.0, 0.9999, "how much of the average of weights that workers play with stays at a step"),
    ] = 0.995
    bend: Annotated[
        float,
        _real(
            0.01,
            100.0,
            "error of a value from which on it counts in a line (Huber)",
            unit="points",
            live=True,
        ),
    ] = 1.0
    late_bend: Annotated[
        float,
        _real(
            0.01,
            100.0,
            "the same later on, wide enough for rare strike-outs to count",
            unit="points",
            live=True,
        ),
    ] = 4.0
    bend_change: Annotated[
        float,
        _real(
            0.0,
            1e6,
            "trained samples after which late_bend holds; it does so in any case once the rate falls",
            unit="M samples",
            live=True,
        ),
    ] = 20.0
    buffer_size: Annotated[
        int,
        _whole(
            1024,
            1_000_000_000,
            "samples kept to learn from; the same for the whole life of a run",
            unit="samples",
        ),
    ] = 100_000
    replay_ratio: Annotated[
        float,
        _real(
            0.0,
            1000.0,
            "samples trained for each one collected; 0: as games and steps of an iteration say",
            live=True,
        ),
    ] = 0.0
    weights_interval: Annotated[
        int,
        _whole(1, 100_000, "steps between two hand-outs of weights to the workers", unit="steps", live=True),
    ] = 10


class SimulationSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[simulation]`: the workers that play."""

    num_workers: Annotated[
        int, _whole(0, 256, "processes that play; 0: one less than there are cores", live=True)
    ] = 0
    games_per_worker: Annotated[int, _whole(1, 65536, "games side by side in each", unit="games")] = 512
    moves_per_chunk: Annotated[
        int, _whole(2, 256, "moves of each game between two deliveries", unit="moves")
    ] = 16
    exploration: Annotated[float, _real(0.0, 1.0, "how often the boldest game makes a random move")] = 0.1
    exploration_spread: Annotated[
        float, _real(0.0, 20.0, "the most timid game does so with probability exploration^(1 + spread)")
    ] = 5.0
    other_play: Annotated[
        bool,
        _says(
            "chance, not their names, orders colours that are alike, for each seat on its own (other-play)"
        ),
    ] = False
    inference: Annotated[
        Literal["local", "remote", "auto"],
        _says(
            "who computes the workers' moves: they themselves; the learner, where this CPU is too weak for "
            "the network; whoever is quicker, which is tried at the start"
        ),
    ] = "local"
    worker_nice: Annotated[int, _whole(0, 19, "how far workers stand back for the learner (nice)")] = 0

    @property
    def chunk_samples(self) -> int:
        """Samples of a chunk, which is what a worker delivers at once."""
        return self.games_per_worker * self.moves_per_chunk


class GameRangesSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[game_ranges]`: the games; all combinations of the lists get equal shares."""

    variant: Annotated[
        Literal["full", "small", "very-small"],
        _says(
            "which game, where the lists below are empty",
            otherwise="other sizes by --colors, --ranks and --hand-sizes, or these keys; "
            "information tokens and lives are as in one of the three",
        ),
    ] = "full"
    players: Annotated[tuple[_Seats, ...], Meta(min_length=1), _says("numbers of players")] = (2,)
    colors: Annotated[tuple[_Size, ...], _says("numbers of colours; empty: the variant's")] = ()
    ranks: Annotated[tuple[_Size, ...], _says("numbers of ranks; empty: the variant's")] = ()
    hand_sizes: Annotated[tuple[_Size, ...], _says("cards in hand; empty: the variant's")] = ()


class IterationSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[iteration]`: how much is played and learned in turn, and when the run ends."""

    num_iterations: Annotated[
        int, _whole(0, 1_000_000_000, "iterations of the whole run; 0: no end", unit="iterations", live=True)
    ] = 0
    minutes: Annotated[
        float,
        _real(
            0.0, 1e7, "training time of the whole run, pauses not counted; 0: no end", unit="min", live=True
        ),
    ] = 0.0
    games_per_iteration: Annotated[
        int, _whole(1, 10_000_000, "games to be finished for each iteration", unit="games", live=True)
    ] = 100
    train_steps_per_iteration: Annotated[
        int, _whole(1, 1_000_000, "optimizer steps of each iteration", unit="steps", live=True)
    ] = 500
    warm_up: Annotated[
        int, _whole(1, 1_000_000_000, "samples collected before the first step", unit="samples")
    ] = 20_000


class LoggingSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[logging]`: what is said, and where."""

    log_interval: Annotated[float, _real(0.1, 3600.0, "between two progress lines", unit="s", live=True)] = (
        10.0
    )
    use_wandb: Annotated[bool, _says("also log to Weights & Biases")] = False
    wandb_project: Annotated[_Line, _says("project there")] = "hanabi"
    wandb_run_name: Annotated[_Line, _says("name of the run there; empty: one is made up")] = ""
    wandb_tags: Annotated[tuple[_Line, ...], _says("tags of the run there")] = ()
    wandb_mode: Annotated[
        Literal["online", "offline"], _says("offline keeps the log here, for `wandb sync`")
    ] = "online"


class PathsSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[paths]`: where things are kept."""

    checkpoint_dir: Annotated[_Line, Meta(min_length=1), _says("the run's directory")] = "checkpoints"


class GeneralSection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[general]`: chance, evaluations, checkpoints."""

    seed: Annotated[int, _whole(0, 2**63 - 1, "decides first weights, decks, exploration, draws")] = 0
    serial: Annotated[
        bool,
        _says(
            "play and learn strictly in turn: the same seed gives the same weights, bit for bit; the same "
            "for the whole life of a run"
        ),
    ] = False
    device: Annotated[
        Literal["auto", "cpu", "cuda", "mps"],
        _says("what a learner on this machine computes on; auto: a GPU where there is one"),
    ] = "cpu"
    learner_threads: Annotated[
        int, _whole(0, 256, "threads of a learner on the CPU; 0: as many as cores the workers leave")
    ] = 0
    evaluation_interval: Annotated[
        float,
        _real(0.0, 1e6, "training time between two evaluations; 0: none but the last", unit="s", live=True),
    ] = 60.0
    evaluation_games: Annotated[
        int, _whole(2, 1_000_000, "games of an evaluation, for each variant", unit="games", live=True)
    ] = 1000
    final_games: Annotated[
        int, _whole(2, 10_000_000, "games of the last evaluation, for each variant", unit="games", live=True)
    ] = 5000
    checkpoint_interval: Annotated[
        float, _real(0.1, 1e6, "training time between two generations", unit="s", live=True)
    ] = 60.0
    keep_generations: Annotated[
        int, _whole(2, 100_000, "generations kept; the best is kept besides", unit="generations", live=True)
    ] = 5
    collapse_points: Annotated[
        float,
        _real(
            0.0,
            25.0,
            "a score this far below the best of the run pauses it; 0: never",
            unit="points",
            live=True,
        ),
    ] = 5.0
