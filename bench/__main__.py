"""`make bench`: every measurement; `python -m bench readiness` one of them. Ends with how many limits were not met."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import (
    activity_bench,
    clicks_bench,
    dashboards_bench,
    formats_bench,
    intake_bench,
    load_bench,
    pages_bench,
    readiness_bench,
    recognition_bench,
    scripts_bench,
    sign_in_bench,
)
from bench.report import Report

PARTS = {
    "intake": intake_bench.run,
    "formats": formats_bench.run,
    "recognition": recognition_bench.run,
    "readiness": readiness_bench.run,
    "pages": pages_bench.run,
    "activity": activity_bench.run,
    "sign-in": sign_in_bench.run,
    "load": load_bench.run,
    "dashboards": dashboards_bench.run,
    "scripts": scripts_bench.run,
    "clicks": clicks_bench.run,
}

report = Report()
for name in sys.argv[1:] or PARTS:
    with TemporaryDirectory() as folder:
        PARTS[name](Path(folder), report)
print(f"\n{report.missed} limits not met")
