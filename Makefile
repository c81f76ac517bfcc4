# The two commands are `make serve` and `make test`. The first time, each sets up what it needs.
# PORT=8001 and HOST=0.0.0.0 (all interfaces) go before or after `make serve`.

.PHONY: serve test screenshots lock

python := .venv/bin/python

serve: .venv/requirements.txt.done
	@exec $(python) -m digitpad serve $(if $(HOST),--host $(HOST))

test: .venv/requirements-dev.txt.done
	$(python) -m ruff check
	$(python) -m ruff format --check
	$(python) -m mypy
	$(python) -m pytest -n 2 --dist loadfile

# The pictures in README.md, from the running page.
screenshots: .venv/requirements-dev.txt.done
	$(python) -m scripts.screenshot

# The locks, from pyproject.toml; `make lock UPGRADE=--upgrade` takes newer versions. Needs uv. Extras
# stay in them: APIFlask asks for pydantic[email], and pip takes a pin without the extra for another.
lock:
	uv pip compile $(UPGRADE) pyproject.toml --extra server \
		--universal --no-strip-extras --generate-hashes --python-version 3.11 -o requirements.txt
	uv pip compile $(UPGRADE) pyproject.toml --extra formats --extra ray --extra server --extra train --group dev \
		--universal --no-strip-extras --generate-hashes --python-version 3.11 -c requirements.txt -o requirements-dev.txt

.venv/requirements-dev.txt.done: tests/npm/package-lock.json

.venv/%.done: %
	@sh scripts/setup.sh $<
