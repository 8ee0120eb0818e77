"""The report of a measurement: the figure, its limit, and the ratio to a peer of the same run."""


class Report:
    """Prints each line at once; `missed` counts the limits that were not met."""

    def __init__(self) -> None:
        self.missed = 0

    def title(self, name: str) -> None:
        """Print a heading."""
        print(f"\n{name}")

    def line(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        limit: float | None = None,
        least: float | None = None,
        peer: tuple[str, float] | None = None,
    ) -> None:
        """Print a figure. `limit`: its maximum; `least`: its minimum; `peer`: name and figure of the same unit."""
        line = f"  {name}: {value:,.3f} {unit}"
        if limit is not None:
            line += f"  (limit: at most {limit:g}{self._judge(value <= limit)})"
        if least is not None:
            line += f"  (limit: at least {least:g}{self._judge(value >= least)})"
        if peer is not None:
            line += f"  = {value / peer[1]:.1f} x {peer[0]} ({peer[1]:,.3f} {unit})"
        print(line, flush=True)

    def ratio(self, name: str, value: float, *, limit: float) -> None:
        """Print a ratio. `limit`: its maximum."""
        print(f"  {name}: {value:.2f} times  (limit: at most {limit:g}{self._judge(value <= limit)})", flush=True)

    def _judge(self, met: bool) -> str:
        self.missed += not met
        return "" if met else ", NOT MET"
