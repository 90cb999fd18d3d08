"""Runs a folder's tests with pytest and writes their counts in the shape of Vitest's JSON report: FOLDER REPORT."""

import json
import sys

import pytest

folder, report = sys.argv[1:]


class Counts:
    """Counts every test once; what breaks outside of a test is a failure."""

    passed = failed = skipped = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.passed += report.when == "call" and report.passed
        self.failed += report.failed
        self.skipped += report.skipped

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.failed += report.failed


counts = Counts()
status = pytest.main([folder, "-q", "-p", "no:cacheprovider"], plugins=[counts])
with open(report, "w", encoding="utf-8") as file:
    left = {"numPendingTests": counts.skipped, "numTodoTests": 0}
    json.dump({"numPassedTests": counts.passed, "numFailedTests": counts.failed, **left}, file)
sys.exit(status)
