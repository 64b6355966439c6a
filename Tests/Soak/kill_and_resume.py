"""Ends sweeps, of a model and of a circuit, with `kill -9` and SIGINT at random moments, resumes them
each time, and compares every value and spike with those of a sweep that was left alone; the same for
parts that are run and merged. A sweep whose experiment has changed meanwhile is refused.

Usage: kill_and_resume.py AFTERGLOW FOLDER [--kills N] [--samples N] [--circuits N] [--seed N]
"""

import argparse
import os
import random
import signal
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

CIRCUIT = """\
title: A sweep of a circuit that is killed
model: reference/brunel_2000
duration: 0.1 s
solver: {{step: 0.1 ms}}
parameters: {{scale: 0.2}}
record: {{spikes: all, every: 1 ms, variables: [inhibitory.V], cells: {{inhibitory: [0, 7]}}}}
reduce: {{rate: rate(excitatory), highest: max(inhibitory.V)}}
sweep:
  design: random
  samples: {samples}
  parameters: {{g: [3, 6]}}
"""


def values(path):
    """Every dataset outside of the provenance as bytes, spikes of runs included."""
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and not name.startswith("provenance"):
            data = item[...]
            found[name] = list(data.ravel()) if data.dtype == object else data.tobytes()

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def compare(path, expected, what):
    found = values(path)
    wrong = sorted(
        name for name in expected.keys() | found.keys() if found.get(name) != expected.get(name)
    )
    if wrong:
        raise SystemExit(f"{what}: other values of {', '.join(wrong)}")
    with open(path, "rb") as one, open("whole.h5", "rb") as other:
        if one.read() != other.read():
            raise SystemExit(f"{what}: the same values, but other bytes")
    print(f"{what}: the same bytes")


def soak(options, text, samples):
    """Kills, interrupts, divides and fills the disk of one sweep."""
    for name in os.listdir("."):
        if name.startswith(("whole", "killed", "parts", "full", "changed")):
            os.unlink(name)
    with open("sweep.yaml", "w") as file:
        file.write(text.format(samples=samples))

    def command(*arguments):
        return [options.afterglow, *arguments, "--quiet"]

    start = time.time()
    subprocess.run(command("run", "sweep.yaml", "-o", "whole.h5", "--threads", "1"), check=True)
    seconds = time.time() - start
    expected = values("whole.h5")
    print(f"undisturbed: {samples} runs in {seconds:.1f} s with one thread")

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
            # An interrupted process may come to its end, a killed one never does.
            if random.random() < 0.2:
                process.send_signal(signal.SIGINT)
                if process.wait() == 0:
                    break
            else:
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

    # Another experiment under the same name is not gone on with.
    process = subprocess.Popen(command("run", "sweep.yaml", "-o", "changed.h5"))
    while not os.path.exists("changed.h5.journal"):
        time.sleep(0.01)
    time.sleep(0.1)
    process.kill()
    process.wait()
    with open("sweep.yaml", "w") as file:
        file.write(text.format(samples=samples).replace("design: random", "seed: 9\n  design: random"))
    refused = subprocess.run(command("resume", "changed.h5"), stderr=subprocess.PIPE, text=True)
    if refused.returncode == 0 or "seed: 9" not in refused.stderr:
        raise SystemExit(f"a change was not refused: {refused.returncode} {refused.stderr}")
    with open("sweep.yaml", "w") as file:
        file.write(text.format(samples=samples))
    subprocess.run(command("resume", "changed.h5"), check=True)
    compare("changed.h5", expected, "a change that was taken back")

    # The disk fills up half-way; a limit of the file's size stands in for it.
    size = os.path.getsize("whole.h5")
    limited = subprocess.run(
        ["bash", "-c", f"ulimit -f {size // 2048}; exec \"$@\"", "bash",
         *command("run", "sweep.yaml", "-o", "full.h5")], stderr=subprocess.PIPE, text=True)
    if limited.returncode == 0 or "full.h5" not in limited.stderr:
        raise SystemExit(f"a full disk was not told: {limited.returncode} {limited.stderr}")
    subprocess.run(command("resume", "full.h5"), check=True)
    compare("full.h5", expected, "a disk that was full")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("afterglow")
    parser.add_argument("folder")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--samples", type=int, default=20000)
    parser.add_argument("--circuits", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    os.makedirs(options.folder, exist_ok=True)
    os.chdir(options.folder)
    soak(options, EXPERIMENT, options.samples)
    soak(options, CIRCUIT, options.circuits)


if __name__ == "__main__":
    main()
