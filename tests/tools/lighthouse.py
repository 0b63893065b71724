"""Print Lighthouse's scores of the page, for a desktop and a phone: python -m tests.tools.lighthouse

Lighthouse is not among the tools of package.json, because it takes 185 MB. To install it:
npm install --no-save lighthouse
"""

import argparse
import json
import os
import statistics
import subprocess
from pathlib import Path

from tests.helpers.browser import CHROMIUM_OPTIONS, chromium_path
from tests.helpers.paths import ROOT
from tests.helpers.server import serving

RUNS = 3
CATEGORIES = ("accessibility", "best-practices", "seo", "performance")
AUDITS = {
    "first-contentful-paint": "first paint (ms)",
    "largest-contentful-paint": "largest paint (ms)",
    "total-blocking-time": "blocked (ms)",
    "cumulative-layout-shift": "layout shift",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Print the medians of Lighthouse's scores, for a desktop and a phone.")
    parser.add_argument("--lighthouse", type=Path, default=ROOT / "node_modules/.bin/lighthouse", help="its program")
    parser.add_argument("--runs", type=int, default=RUNS, help="number of runs (default: %(default)s)")
    options = parser.parse_args()
    if not options.lighthouse.exists():
        parser.error(f"{options.lighthouse} does not exist. Run: npm install --no-save lighthouse")
    with serving() as server:
        for device in ("desktop", "phone"):
            reports = [report(options.lighthouse, server.address, device) for _ in range(options.runs)]
            print(f"{device}, medians of {options.runs}")
            for name, value in medians(reports).items():
                print(f"  {name:20} {value:10,.4g}")
            for problem in sorted({problem for each in reports for problem in problems(each)}):
                print(f"  not passed: {problem}")


def report(lighthouse: Path, address: str, device: str) -> dict:
    """Run Lighthouse once and return its report. device: "desktop" or "phone"."""
    command = [lighthouse, address, "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}"]
    command.append(f"--chrome-flags={' '.join(['--headless=new', *CHROMIUM_OPTIONS])}")
    if device == "desktop":
        command.append("--preset=desktop")
    environment = os.environ | {"CHROME_PATH": chromium_path()}
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


def medians(reports: list[dict]) -> dict[str, float]:
    """Return the medians of the scores, of the measured times, and of the size of the document."""
    values = {name: [100 * (each["categories"][name]["score"] or 0) for each in reports] for name in CATEGORIES}
    values |= {title: [each["audits"][name]["numericValue"] for each in reports] for name, title in AUDITS.items()}
    values["document (kB)"] = [document_bytes(each) / 1000 for each in reports]
    return {name: statistics.median(each) for name, each in values.items()}


def document_bytes(report: dict) -> int:
    """Return the transferred bytes of the document."""
    requests = report["audits"]["network-requests"]["details"]["items"]
    return next(request["transferSize"] for request in requests if request["resourceType"] == "Document")


def problems(report: dict) -> list[str]:
    """Return the titles of the audits that fail in the categories accessibility, best practices and SEO."""
    names = {audit["id"] for name in CATEGORIES[:3] for audit in report["categories"][name]["auditRefs"]}
    failed = [report["audits"][name] for name in names if report["audits"][name]["score"] == 0]
    return [audit["title"] for audit in failed]


if __name__ == "__main__":
    main()
