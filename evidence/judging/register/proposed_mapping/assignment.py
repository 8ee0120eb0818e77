"""The pairs of rows and columns of a table of weights that together weigh most, each row and column once.

The Hungarian method with potentials: H. W. Kuhn, The Hungarian method for the assignment problem, 1955.
"""

from collections.abc import Mapping, Sequence
from math import inf

#: By row, by column: what the pair weighs; a pair that is not there can't be.
Weights = Mapping[str, Mapping[str, float]]


def likeliest_pairs(weights: Weights) -> dict[str, str]:
    """The row → the column of each pair of the heaviest assignment; a row may stay without one."""
    rows = list(weights)
    names = list(dict.fromkeys(name for own in weights.values() for name in own))
    alone = [f"{at}" for at in range(len(rows))]  # a row that stays alone weighs nothing
    costs = [[*(-weights[row].get(name, -inf) for name in names), *(0.0 for _ in alone)] for row in rows]
    taken = _assigned(costs) if rows else []
    return {row: names[at] for row, at in zip(rows, taken, strict=True) if at < len(names)}


def margin(weights: Weights, row: str, best: Mapping[str, str]) -> float:
    """By how much the heaviest assignment outweighs the heaviest one without the pair of this row."""
    without = {other: dict(own) for other, own in weights.items()}
    del without[row][best[row]]
    return _total(weights, best) - _total(without, likeliest_pairs(without))


def _total(weights: Weights, pairs: Mapping[str, str]) -> float:
    return sum(weights[row][name] for row, name in pairs.items())


def _assigned(costs: Sequence[Sequence[float]]) -> list[int]:
    """The column of each row, so that the costs are least; there are at least as many columns as rows."""
    height, width = len(costs), len(costs[0])
    of_row, of_column = [0.0] * (height + 1), [0.0] * (width + 1)  # the potentials
    row_at = [0] * (width + 1)  # the row of each column, counted from 1; 0: none
    for row in range(1, height + 1):
        row_at[0], column = row, 0
        least, before, seen = [inf] * (width + 1), [0] * (width + 1), [False] * (width + 1)
        while row_at[column]:
            seen[column], current = True, row_at[column]
            for at in range(1, width + 1):
                reduced = costs[current - 1][at - 1] - of_row[current] - of_column[at]
                if not seen[at] and reduced < least[at]:
                    least[at], before[at] = reduced, column
            column_next = min((at for at in range(1, width + 1) if not seen[at]), key=least.__getitem__)
            step = least[column_next]
            for at in range(width + 1):
                if seen[at]:
                    of_row[row_at[at]] += step
                    of_column[at] -= step
                else:
                    least[at] -= step
            column = column_next
        while column:
            row_at[column], column = row_at[before[column]], before[column]
    taken = [0] * height
    for at in range(1, width + 1):
        if row_at[at]:
            taken[row_at[at] - 1] = at - 1
    return taken
