"""How figures are printed: what was measured, the limit that was set, and the ratio to a peer of the same run."""


class Report:
    """Prints as it goes; `missed` counts the limits that were not met."""

    def __init__(self) -> None:
        self.missed = 0

    def title(self, name: str) -> None:
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
        """`limit` is the most that it may be, `least` the least."""
        said = f"  {name}: {value:,.3f} {unit}"
        if limit is not None:
            said += f"  (asked: at most {limit:g}{self._judge(value <= limit)})"
        if least is not None:
            said += f"  (asked: at least {least:g}{self._judge(value >= least)})"
        if peer is not None:
            said += f"  = {value / peer[1]:.1f} x {peer[0]} ({peer[1]:,.3f} {unit})"
        print(said, flush=True)

    def ratio(self, name: str, value: float, *, limit: float) -> None:
        print(f"  {name}: {value:.2f} times  (asked: at most {limit:g}{self._judge(value <= limit)})", flush=True)

    def _judge(self, met: bool) -> str:
        self.missed += not met
        return "" if met else ", NOT MET"
