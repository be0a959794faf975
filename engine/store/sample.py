"""What acting hands to learning."""

import numpy as np

from engine.game.observation import SLOTS, WIDTH

SAMPLE = np.dtype(
    [
        ("row", np.uint8, (WIDTH,)),  # what the player to move knew
        ("own", np.uint8, (SLOTS,)),  # the player's true cards, as in a row
        ("move", np.uint8),  # the shared number of the move made
        ("target", np.float32),  # the return that followed
    ]
)
"""One move to learn from: 179 bytes."""
