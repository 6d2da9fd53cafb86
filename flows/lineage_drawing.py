"""The lineage diagram: from the deliveries on the left over steps and facts to the views on the right."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from flows.ancestry import Made, ancestry, views_of_facts
from warehouse.drawing.layered import place
from warehouse.drawing.svg import SMALL, Drawing, width_of, wrapped

TITLE = "From deliveries to figures"
DESCRIPTION = (
    "What every fact and view is made from. Deliveries stand on the left, then steps that are kept in the lake, facts and"
    " views. Reference tables that a box reads are written in it, and so are steps that no other box reads."
)
LEGEND = (
    ("delivery", "delivery"), ("step", "step, kept in the lake"), ("core", "internal (core)"), ("fact", "fact (mart)"),
    ("view", "view (mart)"),
)  # fmt: skip
MARGIN, TOP, PAD, BETWEEN, GAP = 24.0, 96.0, 8.0, 64.0, 12.0
HEAD, LINE, WAYPOINT = 26.0, 13.0, 4.0
VIEWS_OF_A_FACT = "also _history and _as_of(day)"


def lineage() -> str:
    """Return the lineage diagram as SVG."""
    made = ancestry()
    columns = columns_of(made)
    told = {name: _told(name, one) for name, one in made.items()}
    widths = [
        max(_least_width(name, told[name]) for name, rank in columns.items() if rank == column) + 2 * PAD
        for column in range(max(columns.values()) + 1)
    ]
    notes = {
        name: [line for text in texts for line in wrapped(text, widths[columns[name]] - 2 * PAD)]
        for name, texts in told.items()
    }
    arrows = [(source, name) for name, one in made.items() for source in sorted(one.sources)]
    placed = place(columns, arrows, lambda name: _height(notes[name]) if name in notes else WAYPOINT, GAP)
    left = [MARGIN + sum(widths[:column]) + BETWEEN * column for column in range(len(widths))]
    drawing = _headed()
    for (source, target), way in placed.ways.items():
        points = [(left[columns[way[0]]] + widths[columns[way[0]]], TOP + placed.middle[way[0]])]
        for waypoint in way[1:-1]:
            x, y = left[placed.column[waypoint]], TOP + placed.middle[waypoint]
            points += [(x, y), (x + widths[placed.column[waypoint]], y)]
        drawing.line(
            [*points, (left[columns[target]] - 1, TOP + placed.middle[target])], f"{source} → {target}", arrow=True
        )
    for name, one in made.items():
        x, height = left[columns[name]], _height(notes[name])
        y = TOP + placed.middle[name] - height / 2
        drawing.box(x, y, widths[columns[name]], height, one.kind)
        drawing.text(x + PAD, y + 17, _short(name), "head")
        for line, note in enumerate(notes[name]):
            drawing.text(x + PAD, y + HEAD + LINE * line + 6, note, "note")
    return drawing.svg()


def columns_of(made: Mapping[str, Made]) -> dict[str, int]:
    """Return the column of each: deliveries first, facts that nothing but views reads in one column, views behind it."""
    earliest: dict[str, int] = {}
    before_views = [name for name, one in made.items() if one.kind != "view"]

    def depth(name: str) -> int:
        if name not in earliest:
            earliest[name] = 1 + max((depth(source) for source in made[name].sources), default=-1)
        return earliest[name]

    facts = max(depth(name) for name in before_views)
    column = dict.fromkeys(before_views, facts)
    for name in sorted(before_views, key=depth, reverse=True):
        readers = [column[one] for one in before_views if name in made[one].sources]
        column[name] = 0 if made[name].kind == "delivery" else min(readers, default=facts + 1) - 1
    for name in sorted((name for name in made if name not in column), key=depth):
        column[name] = max(facts, *(column[source] for source in made[name].sources)) + 1
    return {name: column[name] for name in made}


def _headed() -> Drawing:
    drawing = Drawing(TITLE, DESCRIPTION)
    drawing.text(MARGIN, 34, TITLE, "title")
    x = MARGIN
    for kind, told in LEGEND:
        drawing.box(x, 50, 14, 14, kind)
        drawing.text(x + 20, 61, told, "note")
        x += 20 + width_of(told, SMALL) + 22
    return drawing


def _told(name: str, one: Made) -> list[str]:
    told = [f"through {_listed(one.steps)}"] if one.steps else []
    told += [f"with {_listed(one.references)}"] if one.references else []
    return told + ([VIEWS_OF_A_FACT] if name in views_of_facts() else [])


def _least_width(name: str, told: Sequence[str]) -> float:
    words = [word for text in told for word in text.split()]
    return max(width_of(_short(name)), *(width_of(word, SMALL) + 1 for word in words), 0)


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(name.rpartition(".")[2] for name in names))


def _short(name: str) -> str:
    return name.removeprefix("mart.")


def _height(notes: list[str]) -> float:
    return HEAD + (LINE * len(notes) + 2 if notes else 0)
