"""hanab.live's link to a game: the whole game in the address, `https://hanab.live/shared-replay-json/<code>`.

The code is that of hanab.live's `hypoCompress.ts` (github.com/Hanabi-Live/hanabi-live), three parts and a
fourth since 2026, divided by commas:

    players, lowest rank, highest rank        a digit each, then a letter for each card:
                                              suit index · number of ranks + rank − lowest rank
    lowest type, highest type of action       a digit each, then two letters for each action:
                                              (value + 1, 0 for none) · number of types + type − lowest
                                              type, and the target
    number of the variant
    seed                                      letters, digits and hyphens; only one of hanab.live's own

A letter stands for its place among a–z, 0–9, A–Z. In front of the seed a hyphen every 20 characters lets a
long address wrap, and means nothing. Names, notes, the game's number and the reason of an early end are not
in a link.
"""

import re
from urllib.parse import urlsplit

from engine.errors import RecordingError
from engine.game.variants import MAX_PLAYERS
from engine.records.hanablive import game_of, its_seed, recording_of
from engine.records.hanablive_format import PLAY, VARIANTS, Action, Card, Game, Options, options_of
from engine.records.recording import DEFAULT_NAMES, Recording

ADDRESS = "https://hanab.live/shared-replay-json/"

VARIANT_NUMBERS = {"No Variant": 0, "4 Suits": 15, "3 Suits": 18}
"""hanab.live's numbers for the variants that are also ours."""

MAX_CODE = 5_000
"""Characters of the longest code that is read; a long game of five takes about 400."""

_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WRAP = 20
_CODE = re.compile(r"[2-6]\d\d[A-Za-z0-9-]*,[A-Za-z0-9-]*,[\d-]+(,[A-Za-z0-9-]*)?(#\d+)?", re.ASCII)

assert set(VARIANT_NUMBERS) == set(VARIANTS)


def looks_like_link(text: str) -> bool:
    """Whether a text is an address on the web or a bare code, rather than the name of a file."""
    return text.startswith(("http://", "https://")) or _CODE.fullmatch(text) is not None


def encode(recording: Recording) -> str:
    """The code of a game; `address` gives what a browser opens.

    `left_out` says what of this game is not in it. Raises RecordingError for a game without a move, which
    hanab.live does not show, and for a variant that it cannot play, or only with an option, which links do
    not carry.
    """
    if not recording.moves:
        raise RecordingError("no move was made yet: hanab.live shows a game from its first move on")
    options = options_of(recording.variant)
    if options is None or options != Options(variant=options.variant):
        raise RecordingError(
            f"variant {recording.variant}: a hanab.live link can hold 5, 4 or 3 colours of 5 ranks, usual "
            "hands, 8 information and 3 life tokens; save it as a file instead"
        )
    game = game_of(recording)
    ranks = [each.rank for each in game.deck]
    low, high = min(ranks), max(ranks)
    cards = "".join(_DIGITS[each.suit_index * (high - low + 1) + each.rank - low] for each in game.deck)
    # what stopped a game is left out: its seat may be −1, which has no letter
    actions = _encode_actions(game.actions[: len(recording.moves)])
    code = f"{len(game.players)}{low}{high}{cards},{actions},{VARIANT_NUMBERS[options.variant]}"
    wrapped = "-".join(code[start : start + _WRAP] for start in range(0, len(code), _WRAP))
    return f"{wrapped},{game.seed}" if game.seed else wrapped


def address(recording: Recording, turn: int | None = None) -> str:
    """The address of a game on hanab.live, opened after `turn` moves.

    Raises RecordingError as `encode` does, and for a turn that the game has not.
    """
    if turn is not None:
        recording.check_turn(turn)
    return ADDRESS + encode(recording) + (f"#{turn + 1}" if turn else "")


def left_out(recording: Recording) -> list[str]:
    """What of a game its link does not hold, in words: `the names`, `the notes` and so on."""
    unsaid = {
        "the names": recording.players != DEFAULT_NAMES[: recording.variant.players],
        "the notes": bool(recording.notes),
        "the seed": bool(recording.seed) and not its_seed(recording.seed),
        "the game's number": recording.number != 0,
        "why it was stopped": recording.stop is not None,
    }
    return [words for words, is_lost in unsaid.items() if is_lost]


def _encode_actions(actions: list[Action]) -> str:
    types = [action.type for action in actions] or [PLAY]
    low, high = min(types), max(types)
    words = []
    for action in actions:
        value = action.value or 0  # hanab.live writes plays and discards with the value 0
        words.append(_DIGITS[(value + 1) * (high - low + 1) + action.type - low] + _DIGITS[action.target])
    return f"{low}{high}{''.join(words)}"


def decode(text: str) -> Recording:
    """The game of a link: a whole address, or its code alone. Raises RecordingError, naming the place."""
    code = _code(text)
    parts = code.split(",")
    if not 3 <= len(parts) <= 4:
        raise RecordingError(f"link: {len(parts)} parts between commas given; allowed: 3 or 4. Is it whole?")
    cards, actions, variant = (part.replace("-", "") for part in parts[:3])
    names = {str(number): name for name, number in VARIANT_NUMBERS.items()}
    if variant not in names:
        allowed = ", ".join(f"{number} ({name})" for number, name in names.items())
        raise RecordingError(f"link: variant {variant!r} given; allowed: {allowed}")
    players, deck = _decode_cards(cards)
    game = Game(
        players=list(DEFAULT_NAMES[:players]),
        deck=deck,
        actions=_decode_actions(actions),
        options=Options(variant=names[variant]),
        seed=parts[3] if len(parts) == 4 else "",
    )
    return recording_of(game, "link")


def turn(text: str) -> int:
    """The turn that a link points at (`#12`: after 11 moves), from 0; 0 if it names none."""
    _, _, wanted = text.partition("#")
    return max(int(wanted) - 1, 0) if re.fullmatch(r"\d{1,4}", wanted, re.ASCII) else 0


def _code(text: str) -> str:
    if len(text) > MAX_CODE:
        raise RecordingError(f"link: {len(text)} characters given; allowed: at most {MAX_CODE}")
    code = text.strip()
    if code.startswith(("http://", "https://")):
        try:
            path = urlsplit(code).path
        except ValueError as error:
            raise RecordingError(f"link: {code!r} is no address: {error}") from None
        match path.strip("/").split("/"):
            case ["shared-replay-json" | "replay-json", code]:
                pass
            case ["replay" | "shared-replay", number, *_]:
                raise RecordingError(
                    f"link: {text!r} only names game {number}, it does not hold it. Save "
                    f"https://hanab.live/export/{number} as a file, and open that"
                )
            case _:
                raise RecordingError(f"link: {text!r} holds no game; allowed: {ADDRESS}…")
    return code.partition("#")[0]


def _decode_cards(text: str) -> tuple[int, list[Card]]:
    """The number of players and the deck."""
    players, low, high = (_digit("deck", text, place) for place in range(3))
    if not 2 <= players <= MAX_PLAYERS:
        raise RecordingError(f"link: deck[0]: {players} players given; allowed: 2 to {MAX_PLAYERS}")
    if low > high:
        raise RecordingError(f"link: deck[1:3]: ranks {low} to {high} given; the lowest comes first")
    deck = []
    for place in range(3, len(text)):
        suit, rank = divmod(_letter("deck", text, place), high - low + 1)
        deck.append(Card(suit, rank + low))
    return players, deck


def _decode_actions(text: str) -> list[Action]:
    low, high = (_digit("actions", text, place) for place in range(2))
    if low > high:
        raise RecordingError(f"link: actions[0:2]: types {low} to {high} given; the lowest comes first")
    if len(text) % 2:
        raise RecordingError(f"link: actions: {len(text)} characters; two for each action. Is it whole?")
    actions = []
    for place in range(2, len(text), 2):
        value, kind = divmod(_letter("actions", text, place), high - low + 1)
        target = _letter("actions", text, place + 1)
        actions.append(Action(kind + low, target, value - 1 if value else None))
    return actions


def _digit(part: str, text: str, place: int) -> int:
    given = text[place : place + 1]
    if given not in tuple("0123456789"):
        raise RecordingError(f"link: {part}[{place}]: {given or 'nothing'!r} given; allowed: a digit")
    return int(given)


def _letter(part: str, text: str, place: int) -> int:
    found = _DIGITS.find(text[place])
    if found < 0:
        raise RecordingError(f"link: {part}[{place}]: {text[place]!r} given; allowed: a letter or digit")
    return found
