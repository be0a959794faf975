"""Arrays that users hand in, checked where they enter, once."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import ShapeError


def whole_numbers(name: str, given: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Whole numbers as int64, contiguous.

    Args:
      name: what they are, for the error.
      given: an array or nested lists.
      shape: the shape they must have; −1 stands for any length.

    Raises:
      ShapeError: numbers of another kind, beyond 64 bits, or of another shape.
    """
    try:
        array: NDArray[Any] = np.asarray(given)
    except ValueError:
        raise ShapeError(f"{name}: {_said(shape)} expected, lists of uneven lengths given") from None
    fits = array.ndim == len(shape) and all(
        wanted in (-1, found) for wanted, found in zip(shape, array.shape, strict=True)
    )
    if not fits or (array.dtype.kind not in "iu" and array.size):
        raise ShapeError(f"{name}: whole numbers {_said(shape)} expected, {_kind(array)} given")
    if array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.int64).max:
        raise ShapeError(f"{name}: {array.max()} is beyond 64 bits with a sign")
    return np.ascontiguousarray(array, dtype=np.int64)


def output(name: str, given: Any, games: int, width: int, *, wider: bool = False) -> NDArray[np.uint8]:
    """An array to write rows into; a new one for None.

    Args:
      name: what it is, for the error.
      given: uint8[games, width] to write into, contiguous and writable, or None.
      games: rows.
      width: bytes of a row.
      wider: whether longer rows are welcome too.

    Raises:
      ShapeError: anything else.
    """
    if given is None:
        return np.empty((games, width), dtype=np.uint8)
    if not isinstance(given, np.ndarray):
        raise ShapeError(f"{name}: uint8[{games}, {width}] expected, {type(given).__name__} given")
    fits = given.dtype == np.uint8 and given.ndim == 2 and len(given) == games
    if not fits or not (given.shape[1] == width or (wider and given.shape[1] > width)):
        raise ShapeError(f"{name}: uint8[{games}, {width}] expected, {_kind(given)} given")
    if not given.flags.c_contiguous or not given.flags.writeable:
        raise ShapeError(f"{name}: must be contiguous and writable")
    return given


def _said(shape: tuple[int, ...]) -> str:
    return "[" + ", ".join("N" if size < 0 else str(size) for size in shape) + "]"


def _kind(array: NDArray[Any]) -> str:
    return f"{array.dtype}{list(array.shape)}"
