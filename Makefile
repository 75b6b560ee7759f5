.PHONY: format check test docs demo bench

format:
	ruff format src tests
	ruff check --fix src tests

check:
	ruff format --check src tests
	ruff check src tests
	mypy
	lint-imports

test:
	pytest

demo:
	crossglg demo
