"""Damages result files in a few bytes, mostly where their structure is, and has them read: every reading
ends with an answer or an error, and none with a crash or after a minute.

Usage: damaged_results.py AFTERGLOW FOLDER [--files N] [--seed N]
"""

import argparse
import collections
import os
import random
import subprocess
import sys

SWEEP = """\
title: A sweep whose result is damaged
model: pharmacology/one_compartment
duration: 1 d
doses: [{route: oral, amount: 50 mg, start: 0 h}]
sweep: {design: sobol, samples: 8, parameters: {CL: [3 L/h, 8 L/h], V: [30 L, 60 L]}}
record: {every: 1 h, variables: [concentration], compression: 4}
reduce: {peak: max(concentration)}
"""

CIRCUIT = """\
title: A circuit whose result is damaged
model: reference/brunel_2000
duration: 20 ms
solver: {step: 0.1 ms}
parameters: {scale: 0.2}
record: {spikes: all}
reduce: {rate: rate(excitatory)}
"""

SIGNATURES = [b"OHDR", b"OCHK", b"TREE", b"SNOD", b"HEAP", b"GCOL", b"FRHP", b"FHDB", b"BTHD", b"BTLF",
              b"\x89HDF"]
EXPECTED = {0, 1, 65, 74}


def damaged(data, places, source):
    """The bytes with a few of them changed, or cut off."""
    result = bytearray(data)
    for _ in range(source.choice([1, 1, 2, 4, 16])):
        place = source.choice(places) + source.randrange(200)
        if source.random() < 0.2:
            place = source.randrange(len(result))
        if place < len(result):
            result[place] = source.choice([0, 1, 0x7F, 0x80, 0xFF, source.randrange(256)])
    if source.random() < 0.1:
        del result[source.randrange(len(result)):]
    return bytes(result)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("afterglow")
    parser.add_argument("folder")
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    source = random.Random(options.seed)
    ends = collections.Counter()
    for name, text in [("sweep", SWEEP), ("circuit", CIRCUIT)]:
        experiment = os.path.join(options.folder, name + ".yaml")
        result = os.path.join(options.folder, name + ".h5")
        with open(experiment, "w") as file:
            file.write(text)
        run = [options.afterglow, "run", experiment, "-o", result, "--overwrite", "--quiet"]
        subprocess.run(run, check=True)
        with open(result, "rb") as file:
            data = file.read()
        places = [place for signature in SIGNATURES for place in range(len(data))
                  if data.startswith(signature, place)]
        other = os.path.join(options.folder, "damaged.h5")
        commands = [["status", other], ["run", other, "--dry-run"]]
        if name == "sweep":
            out = os.path.join(options.folder, "extended.h5")
            commands.append(
                ["run", experiment, "--extend", other, "-o", out, "--overwrite", "--quiet"])
        for number in range(options.files):
            with open(other, "wb") as file:
                file.write(damaged(data, places, source))
            for command in commands:
                found = subprocess.run(
                    [options.afterglow, *command], capture_output=True, text=True, timeout=60)
                caught = "damaged: the HDF5 library" in found.stderr
                ends[(command[0], found.returncode, caught)] += 1
                if found.returncode not in EXPECTED:
                    kept = os.path.join(options.folder, f"unexpected_{name}_{number}.h5")
                    os.rename(other, kept)
                    sys.exit(f"{' '.join(command)} of {kept} ended with {found.returncode}:\n"
                             + found.stderr)
    for (command, code, caught), count in sorted(ends.items()):
        words = ", where the library does not survive the file" if caught else ""
        print(f"{command}: {count} times exit code {code}{words}")


if __name__ == "__main__":
    main()
