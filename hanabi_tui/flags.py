"""Flags that are no settings: how the console shall be, and how `--no-ui` behaves (`foreground.manner`)."""

from pathlib import Path
from typing import Annotated

import typer

from hanabi_tui.foreground.log_format import LogFormat

MANNER = "How --no-ui behaves"
"""Above the flags of a run that are no settings, in help."""

RunDirectory = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="The run's directory. Default: that of --checkpoint-dir, as set."),
]
ReadOnly = Annotated[bool, typer.Option("--read-only", help="Only look on: nothing can be changed.")]
Plain = Annotated[
    bool,
    typer.Option("--plain", help="Lines and typed commands instead of a screen, as for a screen reader."),
]
Theme = Annotated[str, typer.Option(help="Colours of the console; T in it shows them.", show_default=False)]

LogFormatFlag = Annotated[
    LogFormat,
    typer.Option(help="Plain lines, or JSON, an object a line.", rich_help_panel=MANNER),
]

Until = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Stop with a checkpoint at 07:00, or at 2026-11-23T07:00.",
        rich_help_panel=MANNER,
    ),
]

MaxMinutes = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        min=0.0,
        help="Stop with a checkpoint after so many minutes, pauses included.",
        rich_help_panel=MANNER,
    ),
]

QuietIfLocked = Annotated[
    bool,
    typer.Option(
        "--quiet-if-locked",
        help="Say nothing where another run holds the directory; ends with 3.",
        rich_help_panel=MANNER,
    ),
]

MetricsPort = Annotated[
    int | None,
    typer.Option(
        metavar="PORT",
        min=0,
        max=65535,
        help="Serve metrics for Prometheus on 127.0.0.1.",
        rich_help_panel=MANNER,
    ),
]
