.PHONY: demo run test test-fast test-long check mutants bench bench-small bench-pages pictures translations lock
PORT ?= 8000
MINUTES ?= 60
TURNS ?= 3
SAMPLE ?= 30
SEED ?= $(shell shuf -i 0-999999 -n 1)

demo: .venv/run ## the sample company on http://localhost:8000
	.venv/bin/python -m shadowing demo --port $(PORT)

run: .venv/run ## the empty product
	.venv/bin/python -m shadowing serve --port $(PORT)

test: .venv/test ## everything; installs what it needs
	.ci/prepare machine
	TESTS_TURNS=$(TURNS) .ci/with-postgresql .venv/bin/pytest -n 2 --dist loadgroup $(ORDER)

test-fast: .venv/test ## under a minute: all but what is marked slow or long
	.venv/bin/pytest -n 2 --dist loadgroup -m "not slow and not long"

test-long: .venv/test ## what is long, in slices that add up in artefacts/long.json; goes on where it stopped, for MINUTES=60
	.ci/with-postgresql .venv/bin/python -m tests.long --minutes $(MINUTES)

mutants: .venv/test ## which breakages of the code no test notices; SAMPLE=30 of them, drawn by SEED=
	.venv/bin/python -m tests.mutants --sample $(SAMPLE) --seed $(SEED)

bench: .venv/test ## the matching beside plain ways of doing it, up to 20,000 people, in forty minutes; writes bench/RESULTS.md
	.venv/bin/python -m bench --write

bench-small: .venv/test ## the same in two minutes, up to 1,000 people; writes nothing
	.venv/bin/python -m bench --small

bench-pages: .venv/test ## every page at 1,208 people, held against the goals of a good page, in ten minutes; writes bench/PAGES.md
	.ci/prepare machine
	.venv/bin/python -m bench.pages --write

pictures: .venv/test ## the pictures of the README anew, from the sample company
	.ci/prepare machine
	.venv/bin/python -m bench.pictures

check: .venv/test
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

PO = shadowing/translations/ja/LC_MESSAGES/messages.po
SENTENCES = -k Refusal -k WrongStage -k Changed -k Expired -k Unreadable -k Unfit -k NotSure -k remark
translations: .venv/test ## gather the sentences anew, keep what is translated, compile
	.venv/bin/pybabel -q extract -F pyproject.toml $(SENTENCES) --no-location --sort-output --no-wrap -o messages.pot .
	.venv/bin/pybabel -q update -i messages.pot -o $(PO) -l ja --no-wrap --no-fuzzy-matching --ignore-obsolete
	.venv/bin/pybabel -q compile -i $(PO) -o $(PO:.po=.mo)
	rm messages.pot

lock: ## pin every package and its hashes anew; needs uv
	uv pip compile pyproject.toml --generate-hashes --python-version 3.11 --custom-compile-command "make lock" -q -U -o requirements.txt
	uv pip compile pyproject.toml --extra test --generate-hashes --python-version 3.11 --custom-compile-command "make lock" -q -U -o requirements-test.txt

.venv/run: requirements.txt
	.ci/prepare packages requirements.txt && touch $@

.venv/test: requirements-test.txt
	.ci/prepare packages requirements-test.txt && touch .venv/run $@
