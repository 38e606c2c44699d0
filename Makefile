.DEFAULT_GOAL := help
# load, nightly, fuzz and audit are no part of `make test`.
.PHONY: audit bench build chaos clean demo down fuzz help install lint load nightly prepare status test up

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

demo: ## four days of real credit data through the nine services
	./perennial demo

test: ## lint, type-check, build, unit and integration tests, the demo in a short form
	node tools/test/run.mjs

build: prepare ## install what is missing and compile

lint: install ## eslint, prettier, module boundaries, contract compatibility, and the probes of these rules
	npm run --silent lint
	npm run --silent check:contracts
	npm run --silent check:probes

bench: prepare ## the benchmarks, or one of them: make bench ONLY=name
	ONLY="$(ONLY)" node tools/bench/dist/main.js

chaos: prepare ## faults on real processes: make chaos SEED=7, SCENARIO=name, COUNT=30
	node tools/faults/dist/chaos/main.js --seed "$(or $(SEED),1)" --count="$(COUNT)" --scenario="$(SCENARIO)"

load: prepare ## the load programs, or one of them: make load ONLY=name
	node tools/bench/dist/load/load.main.js $(ONLY)

audit: install ## npm's advisories for the production dependencies; fails where the registry has none
	node tools/security/audit.mjs

nightly: ## what takes hours: other cases of every property, 10,000 simulations, 200 chaos runs, 100,000 fuzzed inputs; SEED=… repeats
	node tools/test/nightly.mjs

fuzz: prepare ## mutated inputs for every decoder: make fuzz CASES=100000 SEED=…
	npm run --silent fuzz -- $(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED))

up: ## Kafka, the database and the services
	./perennial up

down: ## stop what `up` started
	./perennial down

status: ## services, lag, the serving version, the last cycles
	./perennial status

clean: ## delete build outputs; data and packages stay
	rm -rf node_modules/.perennial/build coverage
	find contracts libs services deploy/local tools examples -name node_modules -prune -o -type d -name dist -prune -exec rm -rf {} +

prepare:
	@bash deploy/local/bootstrap/prepare.sh

install:
	@bash deploy/local/bootstrap/prepare.sh install
