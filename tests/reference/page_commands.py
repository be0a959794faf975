"""The commands of README and docs: which the tests type, in which order, and which not, and why."""

SMALL = """
[general]
checkpoint_interval = 1.0
keep_generations = 50
evaluation_interval = 0.0
evaluation_games = 50
final_games = 100
[game_ranges]
variant = "very-small"
[iteration]
train_steps_per_iteration = 20
warm_up = 1024
[logging]
log_interval = 0.2
[model]
hidden_size = 16
[simulation]
games_per_worker = 32
num_workers = 1
[training]
buffer_size = 8192
batch_size = 64
"""
"""`distributed_config.toml` where the commands are typed, so that all of them, as they stand, are quick."""

BY_ITSELF = """
(umask 077; head -c 24 /dev/urandom | base64 > ~/.hanabi-token)
sha256sum < ~/.hanabi-token
cp docs/distributed_config.example.toml distributed_config.toml
make run
make test
make bench
make docs
make pictures
hanabi-gpu --version
hanabi-tui --version
hanabi-tui --install-completion
hanabi-tui agents
hanabi-tui config
hanabi-tui config --players 2,3
hanabi-tui config --players 2,3 --toml > my_settings.toml
hanabi-tui config --players 5
hanabi-tui conventions convention --games 1000 --svg conventions.svg
hanabi-tui crossplay hat convention cautious --games 1000
hanabi-tui evaluate --agent hat --players 4 --games 1 --save game.json
hanabi-tui evaluate --agent hat --players 4 --games 100 --save game.json
hanabi-tui evaluate --agent hat --players 5 --games 10000
hanabi-tui evaluate --games 10000 --seed 7
hanabi-tui replay game.json
hanabi-tui replay game.json --link
hanabi-tui replay game.json --turn 12
hanabi-tui systemd install --user --dry-run
python -c "import torch; print(torch.version.cuda)"
"""
"""What needs no run; of `make` it is looked up what it would do, and of games a few are enough."""

OF_A_LIVE_RUN = """
hanabi-tui doctor
hanabi-tui status
hanabi-tui status --local
hanabi-tui pause "lunch"
hanabi-tui resume
hanabi-tui pause
hanabi-tui resume
hanabi-tui set batch_size=128
hanabi-tui set learning_rate=3e-4
hanabi-tui set learning_rate=3e-4 batch_size=512
hanabi-tui workers --restart
hanabi-tui examine
hanabi-tui checkpoint
hanabi-tui restore 12400
hanabi-tui restore STEP
hanabi-tui pause "the machine is needed"
hanabi-tui logs
hanabi-tui report
curl -s http://127.0.0.1:9464/metrics
sqlite3 -readonly checkpoints/run.db
sqlite3 -readonly -csv -header checkpoints/run.db "select step, variant, mean, error from evaluations" > scores.csv
sqlite3 checkpoints/run.db ".backup copy.db"
cd $HOME/hanabi && hanabi-tui --no-ui --until 07:00 --quiet-if-locked >> nightly.log 2>&1
cd $HOME/hanabi && hanabi-tui --no-ui --until 07:00 >> nightly.log 2>&1 || tail nightly.log
cd $HOME/hanabi && hanabi-tui --no-ui --quiet-if-locked >> run.log 2>&1
cd $HOME/hanabi && hanabi-tui --no-ui --max-minutes 55 --quiet-if-locked >> hourly.log 2>&1
hanabi-tui workers 3
"""  # noqa: E501
"""In this order: it is all the same to what comes after the last pause whether the run trains."""

FOR_EVER = """
hanabi-tui events --follow --json
hanabi-tui logs -f
hanabi-tui status --watch
hanabi-tui status --watch --json
"""
"""What goes on until somebody has seen enough."""

BEGINS = """
hanabi-tui --no-ui
hanabi-tui --no-ui --players 3 --minutes 30 --checkpoint-dir three
hanabi-tui --no-ui --players 5 --minutes 30 --checkpoint-dir five
hanabi-tui --no-ui --variant small --minutes 2 --checkpoint-dir small
hanabi-tui --no-ui --other-play --checkpoint-dir sociable
"""
AFTER_A_RUN = """
hanabi-tui evaluate checkpoints --agent hat
hanabi-tui evaluate checkpoints --agent cautious
hanabi-tui conventions checkpoints
hanabi-tui fresh
"""
HERE_AND_THERE = """
hanabi-tui --no-ui --metrics-port 9464
hanabi-tui --no-ui --serial --seed 7 --num-iterations 20 --checkpoint-dir serial
hanabi-tui stop
echo '{"type":"Ask","number":1,"command":{"type":"Pause","reason":"lunch"}}' | socat - UNIX:checkpoints/control.sock
"""  # noqa: E501
"""Typed where they stand in the tests."""

IN_OTHER_TESTS = {
    "tests/docs/test_two_machines.py": """
scripts/setup_laptop.sh
scripts/setup_server.sh
hanabi-gpu
hanabi-tui trust laptop
hanabi-tui doctor --gpu-host laptop
hanabi-tui --no-ui --gpu-host laptop --minutes 600
hanabi-tui status --gpu-host laptop
hanabi-tui --no-ui --minutes 5
hanabi-tui pause "a look"
python scripts/run_with_config.py distributed_config.toml --server
python scripts/run_with_config.py distributed_config.toml --gpu
python scripts/monitor.py --local
""",
    "tests/docs/test_several_seeds.py": """
hanabi-tui --no-ui --seed $seed --minutes 60 --checkpoint-dir seed-$seed || exit
hanabi-tui crossplay seed-{0,1,2}@best
""",
}
"""What other tests type; their files say so in the same words."""

OTHERWISE = {
    r".*(…|LAPTOP|NAME|TRIAL|\*|hanabi-tui (set|trust|systemd install)$)": "has a blank to fill in",
    r"python -m rl_hanabi|.*(rl_hanabi/|torch numpy| -e \.$)": "the guide's; what serves it is beside it",
    r"(sudo|systemctl|journalctl|systemd-\w+) |journalctl$": "wants root, or a service manager",
    r"hanabi-tui systemd install --user": "tests/hanabi_tui/test_systemd.py, test_service_manager.py",
    r"(ping|ssh|scp|nvidia-smi|ufw|firewall-cmd)\b": "another machine, a card, or a firewall",
    r"python -m benchmarks": "figures are taken by hand, on a quiet machine",
    r"scripts/(write_docs|grafana).py": "tests/docs/test_docs.py",
    r"scripts/console_pictures.py": "pictures are taken by hand",
    r"hanabi-tui (conventions five|crossplay seed-0)": "tests/hanabi_tui/test_tables.py",
    r"hanabi-tui \w+ mybot.py:": "tests/hanabi_tui/test_tables.py, tests/docs/test_extending.py",
    r"cd hanabi$": "a clone, where there is one",
    r"(git (clone|pull)|pip install|PIP_\w+=|python3? -m venv)": "wants the internet; the set-up does it",
    r"hanabi-tui$|hanabi-tui attach|hanabi-tui --players": "tests/hanabi_tui/console/test_terminals.py",
    r"hanabi-gpu --dial|hanabi-gpu --(socket|device|host)": "tests/remote/test_gpu.py",
    r"hanabi-tui --no-ui --transport dialled": "tests/hanabi_tui/test_server_life.py",
    r"hanabi-tui --no-ui --gpu-host \S+ --inference": "tests/hanabi_tui/test_acting_afar.py",
    r"hanabi-tui --no-ui --gpu-host \S+ --transport": "tests/hanabi_tui/foreground/test_borrowed.py",
    r"python -m remote": "what every test with a learner starts",
    r"export ": "tests/hanabi_tui/test_settings.py",
}
"""What is not typed by a test, or not in these words; and why not, or where the same is tested."""


def lines(*texts: str) -> list[str]:
    return [line for text in texts for line in text.strip().splitlines()]


TYPED = lines(BY_ITSELF, OF_A_LIVE_RUN, FOR_EVER, BEGINS, AFTER_A_RUN, HERE_AND_THERE)
