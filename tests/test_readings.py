from tests.readings import STORED, lines


def test_made_drawings_and_pictures_are_read_as_before() -> None:
    """Where an answer changes on purpose, `python -m tests.readings` stores it anew."""
    assert list(lines()) == STORED.read_text("utf-8").splitlines()
