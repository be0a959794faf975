"""JSON for programs to read."""

import json

import msgspec


def json_text(said: object, indent: int | None = None) -> str:
    """Plain data or a message as JSON: in ASCII, whatever a terminal or cron can encode; NaN is null."""
    return json.dumps(msgspec.json.decode(msgspec.json.encode(said)), indent=indent)
