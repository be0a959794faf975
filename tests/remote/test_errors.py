"""The tree of errors on the page of those between run and learner."""

from error_trees import drawn, in_code

from remote import errors


def test_the_tree_is_all_that_can_go_wrong_on_the_way() -> None:
    assert drawn(errors.RemoteError, errors.__doc__ or "") == in_code(errors.RemoteError)
