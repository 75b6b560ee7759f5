.PHONY: format check test docs demo bench

format:
	ruff format src tests examples benchmarks
	ruff check --fix src tests examples benchmarks

check:
	ruff format --check src tests examples benchmarks
	ruff check src tests examples benchmarks
	mypy
	lint-imports

test:
	pytest

demo:
	crossglg demo
