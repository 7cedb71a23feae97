"""The diagrams in the docs are those of the code."""

from django.core.management import call_command


def test_the_move_diagrams_are_current() -> None:
    call_command("draw_moves", "--check")
