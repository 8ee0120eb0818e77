"""The readiness rule once more, in plain Python over all facts, written from `docs/readiness.md` and not from the SQL.

Slow and obvious on purpose. Facts come in the form of the readiness cases: plain dictionaries with ISO days and moments.
"""

import calendar
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WORST_FIRST = ["failing", "missing", "lapsed", "unknown", "in_review", "demonstrated"]


def judge(history, on, known):
    return Judgement(history, on, known).answers()


def day_of(moment):
    return datetime.fromisoformat(moment).astimezone(ZoneInfo("Europe/Amsterdam")).date()


def renewed(day, duration):
    years, months, weeks, days = (
        int(n or 0) for n in re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?", duration).groups()
    )
    month = day.month - 1 + months + 12 * years
    year, month = day.year + month // 12, month % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last)) + timedelta(days=7 * weeks + days)


class Judgement:
    def __init__(self, history, on, known):
        self.h, self.on, self.known = history, on, known

    def is_known(self, moment):
        return moment is not None and datetime.fromisoformat(moment) <= self.known

    def known_rows(self, name):
        return [row for row in self.h[name] if self.is_known(row["recorded_at"])]

    def latest(self, name, key):
        versions = {}
        for row in sorted(self.known_rows(name), key=lambda row: datetime.fromisoformat(row["recorded_at"])):
            versions[key(row)] = row
        return list(versions.values())

    # scope and cells

    def periods(self):
        return [
            row
            for row in self.latest("scope", lambda row: row["id"])
            if date.fromisoformat(row["first_day"]) <= self.on
            and (row["last_day"] is None or self.on <= date.fromisoformat(row["last_day"]))
        ]

    def systems(self):
        actual = {}
        for row in self.periods():
            if row["target"] is None:
                actual.setdefault(row["system"], set()).update(row["attributes"])
        return actual

    def requirements(self):
        return {row["key"]: row for row in self.latest("requirements", lambda row: row["key"])}

    def cells_of(self, requirement):
        if requirement["scope"] == "organisation":
            return [(requirement["key"], None, None)]
        cells = []
        for system, attributes in self.systems().items():
            if requirement["applies_to"] is not None and requirement["applies_to"] not in attributes:
                continue
            targets = {row["target"] for row in self.periods() if row["system"] == system and row["target"] is not None}
            if requirement["scope"] == "target" and targets:
                cells += [(requirement["key"], system, target) for target in targets]
            else:
                cells.append((requirement["key"], system, None))
        return cells

    # evidence

    def latest_decision(self, evidence):
        words = [row for row in self.known_rows("reviews") if row["evidence"] == evidence["id"]]
        return max(words, key=lambda row: datetime.fromisoformat(row["recorded_at"]))["decision"] if words else None

    def usable(self, cell, requirement):
        actual = []
        for evidence in self.known_rows("evidence"):
            if date.fromisoformat(evidence["first_day"]) > self.on or self.latest_decision(evidence) in (
                "rejected",
                "withdrawn",
            ):
                continue
            for cover in evidence["covers"]:
                if (cover["requirement"], cover["system"], cover["target"]) != cell:
                    continue
                judged = self.judged(evidence, cover)
                if judged["verdict"] == "none" and requirement["kind"] != "record":
                    continue
                tool = evidence["tool"] if requirement["kind"] == "test" else None
                if not self.closed(cell, tool, evidence):
                    actual.append((evidence, judged, tool))
        return actual

    def judged(self, evidence, cover):
        """What was judged of a cell at last."""
        again = [
            row
            for row in self.h.get("judgements", [])
            if row["evidence"] == evidence["id"]
            and all(row[name] == cover[name] for name in ("requirement", "system", "target"))
            and self.is_known(row["recorded_at"])
        ]
        return max(again, key=lambda row: datetime.fromisoformat(row["recorded_at"])) if again else cover

    def closed(self, cell, tool, evidence):
        return any(
            (row["requirement"], row["system"], row["target"]) == cell
            and row["tool"] == tool
            and day_of(row["recorded_at"]) <= self.on
            and datetime.fromisoformat(evidence["recorded_at"]) < datetime.fromisoformat(row["recorded_at"])
            for row in self.known_rows("closings")
        )

    def accepted(self, evidence, requirement):
        decision = self.latest_decision(evidence)
        automatic = requirement["review"] == "automatic" and not evidence.get("needs_review", False)
        return decision == "accepted" or (decision is None and automatic)

    def valid(self, evidence, requirement):
        end = (
            renewed(date.fromisoformat(evidence["last_day"]), requirement["renewal"])
            if requirement["renewal"]
            else date.max
        )
        explicit = evidence["explicit_end"]
        return date.fromisoformat(evidence["first_day"]) <= self.on < end and (
            explicit is None or self.on <= date.fromisoformat(explicit)
        )

    def holds(self, cell, tool, cover, requirement):
        checks = cover.get("failing") or []
        return not checks or not all(self.excepted(cell, tool, check, requirement) for check in checks)

    def excepted(self, cell, tool, check, requirement):
        return any(
            (row["requirement"], row["system"], row["target"]) == cell
            and row["check"] == check
            and (requirement["kind"] != "test" or row["tool"] == tool)
            and max(date.fromisoformat(row["first_day"]), day_of(row["recorded_at"]))
            <= self.on
            <= date.fromisoformat(row["last_day"])
            and not (self.is_known(row["revoked_at"]) and day_of(row["revoked_at"]) <= self.on)
            for row in self.known_rows("exceptions")
        )

    def standing(self, effective):
        series = {}
        for item in effective:
            series.setdefault(item[2], []).append(item)
        stands = []
        for items in series.values():
            over = [item for item in items if date.fromisoformat(item[0]["last_day"]) <= self.on]
            stands += [item for item in items if date.fromisoformat(item[0]["last_day"]) > self.on]
            if over:
                stands.append(
                    max(
                        over,
                        key=lambda item: (
                            date.fromisoformat(item[0]["last_day"]),
                            datetime.fromisoformat(item[0]["recorded_at"]),
                            item[1]["verdict"] == "fail",
                            item[0]["id"].encode(),
                        ),
                    )
                )
        return stands

    def cell_status(self, cell, requirement):
        needing = self.needing(requirement)
        if needing and all(self.is_excluded(control) for control in needing):
            return "excluded"
        usable = self.usable(cell, requirement)
        effective = [item for item in usable if item[1]["verdict"] == "fail" or self.accepted(item[0], requirement)]
        stands = self.standing(effective)
        holding = [
            item for item in stands if item[1]["verdict"] == "fail" and self.holds(cell, item[2], item[1], requirement)
        ]
        if holding:
            return "failing"
        if any(self.valid(item[0], requirement) for item in stands):
            return "demonstrated"
        waiting = [item for item in usable if item not in effective]
        if any(self.valid(item[0], requirement) for item in waiting):
            return "in_review"
        return "lapsed" if effective else "missing"

    # controls

    def taken_over(self, control):
        """Control → whether it is the same (itself or equal), or contained."""
        taken = {control: True}
        for row in self.latest("crosswalk", lambda row: (row["from"], row["to"])):
            for mine, other, contains in ((row["from"], row["to"], "superset"), (row["to"], row["from"], "subset")):
                if mine == control and row["relation"] == "equal":
                    taken[other] = True
                elif mine == control and row["relation"] == contains:
                    taken.setdefault(other, False)
        return taken

    def primary_measures(self, control):
        return {
            row["measure"]
            for row in self.h["mappings"]
            if row["control"] == control
            and row["relation"] == "primary"
            and self.is_known(row["reviewed_at"])
            and not self.is_known(row["ended_at"])
        }

    def needing(self, requirement):
        actual = []
        for control in self.all_controls():
            for taken in self.taken_over(control):
                if requirement["control"] == taken or (
                    requirement["measure"] and requirement["measure"] in self.primary_measures(taken)
                ):
                    actual.append(control)
                    break
        return actual

    def all_controls(self):
        return list(dict.fromkeys([*self.h["controls"], *self.h["clauses"]]))

    def is_excluded(self, control):
        if control in self.h["clauses"]:
            return False
        rows = [
            (
                max(date.fromisoformat(row["first_day"]), day_of(row["recorded_at"])),
                datetime.fromisoformat(row["recorded_at"]),
                row["applicable"],
            )
            for row in self.known_rows("applicability")
            if row["control"] == control
        ]
        rows = [row for row in rows if row[0] <= self.on]
        return bool(rows) and not max(rows, key=lambda row: row[:2])[2]

    def statuses_of(self, requirement):
        """The statuses of its cells; without any it counts as one."""
        cells = self.cells_of(requirement)
        if cells:
            return [self.cell_status(cell, requirement) for cell in cells]
        needing = self.needing(requirement)
        if needing and all(self.is_excluded(control) for control in needing):
            return ["excluded"]
        return ["excluded" if requirement["applies_to"] is not None and self.systems() else "unknown"]

    def worst(self, statuses):
        counted = [status for status in statuses if status != "excluded"]
        if not counted:
            return "excluded" if statuses else None
        return min(counted, key=WORST_FIRST.index)

    def measure_status(self, measure):
        statuses = [
            status
            for row in self.requirements().values()
            if row["measure"] == measure
            for status in self.statuses_of(row)
        ]
        return self.worst(statuses) or "unknown"

    def control_status(self, control):
        taken = self.taken_over(control)
        if any(
            self.is_open(row)
            for row in self.known_rows("nonconformities")
            if row["control"] in taken and row["grade"] == "major"
        ):
            return "nonconforming"
        if self.is_excluded(control):
            return "excluded"
        statuses, own = [], False
        for other, same in taken.items():
            parts = [self.measure_status(measure) for measure in self.primary_measures(other)]
            parts += [
                self.worst(self.statuses_of(row)) for row in self.requirements().values() if row["control"] == other
            ]
            own = own or (same and bool(parts))
            statuses += parts
        statuses = [status for status in statuses if status != "excluded"]
        if not statuses:
            return "unknown"
        return self.worst([*statuses, *([] if own else ["unknown"])])

    def is_open(self, row):
        if date.fromisoformat(row["first_day"]) > self.on:
            return False
        closed = (
            self.is_known(row["closed_recorded_at"])
            and max(date.fromisoformat(row["closed_day"]), day_of(row["closed_recorded_at"])) <= self.on
        )
        return not closed

    def answers(self):
        cells = {}
        for requirement in self.requirements().values():
            for cell in self.cells_of(requirement):
                cells["/".join(part for part in cell if part)] = self.cell_status(cell, requirement)
        return {
            "cells": cells,
            "measures": {measure: self.measure_status(measure) for measure in self.h["measures"]},
            "controls": {control: self.control_status(control) for control in self.all_controls()},
        }
