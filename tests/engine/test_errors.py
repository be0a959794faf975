"""The tree of errors on the page of the engine's."""

from error_trees import drawn, in_code

from engine import errors


def test_the_tree_is_all_that_the_engine_can_refuse() -> None:
    assert drawn(errors.EngineError, errors.__doc__ or "") == in_code(errors.EngineError)
