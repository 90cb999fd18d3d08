"""
Makes what the lips model is measured on from the committed lists: `python3 -m training.evaluation.prepare`.

Held-out sentences in held-out voices with their true mouth parameters, and held-out heads in all poses, into
training/runs/evaluation. What is there already stays; remove the folder to begin anew.
"""

import argparse
import os
import time
from pathlib import Path

from training.evaluation.heads import prepare_heads
from training.evaluation.speech import prepare_speech


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("training/runs/evaluation"))
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="heads rendered at once")
    options = parser.parse_args()
    started = time.monotonic()
    utterances = prepare_speech(options.out)
    print(f"{len(utterances)} utterances, {time.monotonic() - started:.0f} s", flush=True)
    prepare_heads(options.out, utterances, options.processes)
    print(f"ready in {options.out}, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
