"""Ends a sweep with `kill -9` at random moments, resumes it each time, and compares every value with
those of a sweep that was left alone; the same for parts that are run and merged.

Usage: kill_and_resume.py AFTERGLOW FOLDER [--kills N] [--samples N] [--seed N]
"""

import argparse
import os
import random
import subprocess
import time

import h5py
import numpy

EXPERIMENT = """\
title: A sweep that is killed
model: reset/depressed_circuit
lead_in: 5 d
duration: 1 d
doses: [{{into: ketamine, route: intravenous, amount: 0.5 mg/kg, start: 1 h, over: 40 min}}]
record: {{every: 1 h, variables: [ketamine.brain, cortex.pyramidal]}}
reduce: {{peak: max(ketamine.brain), end: "at(cortex.pyramidal, 20 h)"}}
sweep:
  design: random
  samples: {samples}
  parameters: {{ketamine.weight: [50 kg, 100 kg]}}
"""


def values(path):
    """Every dataset outside of the provenance as bytes."""
    found = {}
    with h5py.File(path) as file:
        for name, item in file.items():
            if isinstance(item, h5py.Dataset):
                data = item[...]
                found[name] = (
                    list(data.ravel()) if data.dtype == object else data.tobytes()
                )
    return found


def compare(path, expected, what):
    found = values(path)
    wrong = sorted(name for name in expected if found.get(name) != expected[name])
    if wrong:
        raise SystemExit(f"{what}: other values of {', '.join(wrong)}")
    with open(path, "rb") as one, open("whole.h5", "rb") as other:
        if one.read() != other.read():
            raise SystemExit(f"{what}: the same values, but other bytes")
    print(f"{what}: the same bytes")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("afterglow")
    parser.add_argument("folder")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--samples", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    os.makedirs(options.folder, exist_ok=True)
    os.chdir(options.folder)
    for name in os.listdir("."):
        if name.startswith(("whole", "killed", "parts", "full")):
            os.unlink(name)
    with open("sweep.yaml", "w") as file:
        file.write(EXPERIMENT.format(samples=options.samples))

    def command(*arguments):
        return [options.afterglow, *arguments, "--quiet"]

    start = time.time()
    subprocess.run(command("run", "sweep.yaml", "-o", "whole.h5", "--threads", "1"), check=True)
    seconds = time.time() - start
    expected = values("whole.h5")
    print(f"undisturbed: {options.samples} runs in {seconds:.1f} s with one thread")

    kills = 0
    arguments = command("run", "sweep.yaml", "-o", "killed.h5")
    while True:
        process = subprocess.Popen(arguments)
        limit = random.uniform(0.02, 2.5 * seconds / options.kills) if kills < options.kills else None
        try:
            status = process.wait(limit)
            if status:
                raise SystemExit(f"{' '.join(arguments)}: exit status {status}")
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
        if os.path.exists("killed.h5.journal"):
            threads = random.choice(["1", "2"])
            arguments = command("resume", "killed.h5", "--threads", threads)
    compare("killed.h5", expected, f"killed {kills} times")

    for count in (2, 3, 5):
        for number in random.sample(range(1, count + 1), count):
            subprocess.run(
                command("run", "sweep.yaml", "-o", f"parts{count}.h5", "--shard", f"{number}/{count}"),
                check=True, stdout=subprocess.DEVNULL)
        subprocess.run(command("merge", f"parts{count}.h5"), check=True)
        compare(f"parts{count}.h5", expected, f"{count} parts")

    # The disk fills up half-way; a limit of the file's size stands in for it.
    size = os.path.getsize("whole.h5")
    limited = subprocess.run(
        ["bash", "-c", f"ulimit -f {size // 2048}; exec \"$@\"", "bash",
         *command("run", "sweep.yaml", "-o", "full.h5")], stderr=subprocess.PIPE, text=True)
    if limited.returncode == 0 or "full.h5" not in limited.stderr:
        raise SystemExit(f"a full disk was not told: {limited.returncode} {limited.stderr}")
    subprocess.run(command("resume", "full.h5"), check=True)
    compare("full.h5", expected, "a disk that was full")


if __name__ == "__main__":
    main()
