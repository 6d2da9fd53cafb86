"""A small SVG writer: boxes, texts in a fixed pitch, lines; legible on light and dark paper, with title and description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from xml.sax.saxutils import escape

PITCH = 0.602
"""Width of a letter of a fixed pitch font, as a share of its size."""
LARGE, NORMAL, SMALL = 17, 12, 10.5
KINDS = {
    "delivery": ("#fdf0d5", "#b7791f", "#3a2c10", "#d69e2e"),
    "step": ("#eef0f3", "#7b8794", "#2b3037", "#8d99a6"),
    "fact": ("#dcebfb", "#2b6cb0", "#14304d", "#63a4e6"),
    "dimension": ("#e3f4e6", "#2f855a", "#143323", "#5cbf8a"),
    "core": ("#f6e3ec", "#a83a6c", "#3d1a2b", "#dd7aa6"),
    "view": ("#ebe5f9", "#6b46c1", "#2b2147", "#a78bea"),
}
"""Of every kind of box its colour and its edge, on light and on dark paper."""
PAPER, INK, FAINT, WIRE = ("#ffffff", "#14171c"), ("#1a202c", "#edf2f7"), ("#4a5568", "#b4bfcc"), ("#718096", "#93a1b3")
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def width_of(text: str, size: float = NORMAL) -> float:
    """Return how wide a text is, in pixels."""
    return len(text) * size * PITCH


def wrapped(text: str, width: float, size: float = SMALL) -> list[str]:
    """Return the lines of a text that must not be wider than `width` pixels."""
    return wrap(text, int(width / (size * PITCH)), break_long_words=False, break_on_hyphens=False)


@dataclass
class Drawing:
    """Shapes on paper; `svg` gives the document. Positions are pixels from the upper left corner."""

    title: str
    description: str
    shapes: list[str] = field(default_factory=list)
    right: float = 0
    bottom: float = 0

    def box(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        """Draw a box of a kind of KINDS."""
        self._reach(x + width, y + height)
        size = f'width="{_px(width)}" height="{_px(height)}"'
        self.shapes.append(f'<rect class="{kind}" x="{_px(x)}" y="{_px(y)}" {size} rx="5"/>')

    def text(self, x: float, y: float, text: str, look: str = "name", anchor: str = "start") -> None:
        """Write a text with its base line at y; `look` is one of title, name, key, note."""
        size = {"title": LARGE, "note": SMALL}.get(look, NORMAL)
        self._reach(x + (width_of(text, size) if anchor == "start" else 0), y + 4)
        where = f'x="{_px(x)}" y="{_px(y)}"' + (f' text-anchor="{anchor}"' if anchor != "start" else "")
        self.shapes.append(f'<text class="{look}" {where}>{escape(text)}</text>')

    def line(self, points: Sequence[tuple[float, float]], means: str = "", *, arrow: bool = False) -> None:
        """Draw a line through points, smooth where it is an arrow; `means` is told to those who point at it or listen."""
        head, *rest = points
        drawn = f"M{_px(head[0])} {_px(head[1])}"
        for place, (x, y) in enumerate(rest):
            before_x, before_y = points[place]
            middle = _px((before_x + x) / 2)
            bend = arrow and before_y != y
            drawn += f"C{middle} {_px(before_y)} {middle} {_px(y)} {_px(x)} {_px(y)}" if bend else f"L{_px(x)} {_px(y)}"
        tip = ' marker-end="url(#tip)"' if arrow else ""
        self.shapes.append(f'<path class="wire" d="{drawn}"{tip}>{_told(means)}</path>')

    def dot(self, x: float, y: float, means: str) -> None:
        """Draw the dot that says that lines are joined; `means` is told as by a line."""
        self.shapes.append(f'<circle class="dot" cx="{_px(x)}" cy="{_px(y)}" r="4">{_told(means)}</circle>')

    def svg(self, margin: float = 24) -> str:
        """Return the document, with a margin to the right and below."""
        width, height = _px(self.right + margin), _px(self.bottom + margin)
        return "\n".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
                ' role="img" aria-labelledby="title description">',
                f'<title id="title">{escape(self.title)}</title>',
                f'<desc id="description">{escape(self.description)}</desc>',
                f"<style>{_style()}</style>",
                '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
                '<path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
                f'<rect class="paper" width="{width}" height="{height}"/>',
                *self.shapes,
                "</svg>\n",
            )
        )

    def _reach(self, x: float, y: float) -> None:
        self.right, self.bottom = max(self.right, x), max(self.bottom, y)


def _style() -> str:
    texts = (
        f"text{{font-family:{FONT};font-size:{NORMAL}px}}.title{{font-size:{LARGE}px}}.title,.head{{font-weight:600}}"
    )
    texts += f".key{{font-weight:700}}.note{{font-size:{SMALL}px}}.wire{{fill:none;stroke-width:1.3}}"
    return f"{texts}{_colours(0)}@media(prefers-color-scheme:dark){{{_colours(1)}}}"


def _colours(paper: int) -> str:
    ink = f".paper{{fill:{PAPER[paper]}}}text{{fill:{INK[paper]}}}.note{{fill:{FAINT[paper]}}}"
    wires = f".wire{{stroke:{WIRE[paper]}}}.tip,.dot{{fill:{WIRE[paper]}}}"
    pairs = {kind: colours[2 * paper : 2 * paper + 2] for kind, colours in KINDS.items()}
    return ink + wires + "".join(f".{kind}{{fill:{fill};stroke:{edge}}}" for kind, (fill, edge) in pairs.items())


def _told(means: str) -> str:
    return f"<title>{escape(means)}</title>" if means else ""


def _px(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
