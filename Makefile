# `make demo` and `make test` set everything up on a fresh Debian 12 machine with Swift 6.3.

SWIFT ?= swift
# The same for the command and the tests, so that nothing is built twice.
FLAGS = -c release -Xswiftc -enable-testing
PACKAGES = libhdf5-dev pkg-config libopenblas-dev liblapacke-dev
AFTERGLOW = .build/release/afterglow
RESULTS ?= results

NET = Tests/Golden/net/table.txt

.PHONY: demo test net build packages conformance lint format bench compare-peers compare-speed soak slurm-test clean

demo: build
	@mkdir -p $(RESULTS)
	$(AFTERGLOW) run Experiments/reset.yaml -o $(RESULTS)/reset.h5 --overwrite
	$(AFTERGLOW) run Experiments/dose_response.yaml -o $(RESULTS)/dose_response.h5 --overwrite
	@echo
	@echo "Next:"
	@echo "  $(AFTERGLOW) show reset/depressed_circuit     the equations and where each number comes from"
	@echo "  $(AFTERGLOW) validate                         the models beside published measurements"
	@echo "  $(AFTERGLOW) run Experiments/reset.yaml --set dose.amount='0.2 mg/kg' -o $(RESULTS)/low.h5"
	@echo "  python3 -c \"import xarray; print(xarray.open_dataset('$(RESULTS)/reset.h5'))\""

test: packages conformance
	$(SWIFT) build --build-tests $(FLAGS)
	$(SWIFT) test --skip-build $(FLAGS)

# Records the hashes of all results of the net, against those of the last commit. What stands at the top
# of the table, by hand, is kept. The tests fail where something has changed: the difference says what.
net: packages
	$(SWIFT) build --build-tests $(FLAGS)
	{ sed '/^recorded by/,$$d' $(NET); git show HEAD:$(NET) | sed -n '/^recorded by/,$$p'; } \
	  > .build/net.txt && mv .build/net.txt $(NET)
	-UPDATE_GOLDEN=1 $(SWIFT) test --skip-build $(FLAGS) --filter NetTests
	git diff --stat -- $(NET)

build: packages
	$(SWIFT) build $(FLAGS) --product afterglow

# Installs what is missing and nothing else; needs root only then.
packages:
	@missing=""; for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q "ok installed" || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing$$missing"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing; \
	fi

# The Python that opens result files in the tests; without it they are skipped.
conformance: .build/conformance/.made

.build/conformance/.made: Tests/Conformance/requirements.txt
	@echo "making the Python environment that opens result files in the tests"
	@mkdir -p .build
	@{ dpkg-query -W -f='$${Status}' python3-venv 2>/dev/null | grep -q "ok installed" \
	  || { sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	       $$sudo apt-get install -y -qq --no-install-recommends python3-venv; }; } \
	  && /usr/bin/python3 -m venv .build/conformance \
	  && .build/conformance/bin/pip install --quiet --disable-pip-version-check \
	       -r Tests/Conformance/requirements.txt \
	  && touch $@ \
	  || { echo "there is none: those tests are skipped"; rm -rf .build/conformance; }

lint:
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Package.swift

format:
	$(SWIFT) format --in-place --recursive --parallel Sources Tests Package.swift

bench: build
	$(AFTERGLOW) bench

# Kills a sweep at random moments and resumes it; takes some minutes.
soak: build conformance
	.build/conformance/bin/python Tests/Soak/kill_and_resume.py $(abspath $(AFTERGLOW)) .build/soak
	python3 Tests/Soak/damaged_results.py $(abspath $(AFTERGLOW)) .build/soak/damaged

# A sweep on a Slurm that is started on this machine; skipped where there is no root.
slurm-test: build
	Tests/Slurm/run_on_slurm.sh $(AFTERGLOW) .build/slurm

# The same networks here and in Brian2, which is fetched; about eight minutes, no part of the tests.
compare-peers: build .build/peers/.made
	.build/peers/bin/python Tests/Conformance/peers/compare_networks.py --afterglow $(AFTERGLOW)

.build/peers/.made: Tests/Conformance/peers/requirements.txt
	@echo "making the Python environment with Brian2"
	@dpkg-query -W python3-venv python3-dev g++ >/dev/null 2>&1 \
	  || { sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	       $$sudo apt-get install -y -qq --no-install-recommends python3-venv python3-dev g++; }
	@rm -rf .build/peers && /usr/bin/python3 -m venv .build/peers \
	  && .build/peers/bin/pip install --quiet --disable-pip-version-check \
	       -r Tests/Conformance/peers/requirements.txt \
	  && touch $@

# The benchmarks beside hand-written C: make compare-speed PEERS=FOLDER.
compare-speed: build
	@test -n "$(PEERS)" || { echo "say where the C is: make compare-speed PEERS=FOLDER"; exit 2; }
	python3 Benchmarks/compare_speed.py --afterglow $(AFTERGLOW) --peers $(PEERS)

clean:
	rm -rf .build $(RESULTS)
