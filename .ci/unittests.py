"""Runs a folder's unittest suites and writes their counts in the shape of Vitest's JSON report: FOLDER REPORT."""

import json
import sys
import unittest

folder, report = sys.argv[1:]
result = unittest.TextTestRunner().run(unittest.defaultTestLoader.discover(folder, "test_*.py"))
failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
skipped = len(result.skipped)
with open(report, "w", encoding="utf-8") as file:
    counts = {"numFailedTests": failed, "numPendingTests": skipped, "numTodoTests": 0}
    json.dump({"numPassedTests": max(0, result.testsRun - failed - skipped), **counts}, file)
sys.exit(failed > 0 or result.testsRun == 0)
