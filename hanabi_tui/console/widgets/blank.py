"""A part of the screen that holds others and draws nothing itself: one line is made for all."""

from textual.containers import Container
from textual.geometry import Region
from textual.strip import Strip


class Blank(Container):
    """A container without border, title or text of its own, large enough for that to be worth telling."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """The same empty line again and again."""
        _, background = self.background_colors
        strip = Strip.blank(crop.width, self.visual_style.rich_style)
        for line_filter in self.get_line_filters():
            strip = strip.apply_filter(line_filter, background)
        return [strip] * crop.height
